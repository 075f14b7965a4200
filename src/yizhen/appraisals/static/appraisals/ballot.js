// The phone's ballot. Works on plain HTTP by IP address: no secure-context API, no library beyond the sealing box.
// Drafts never leave the phone. The sheet is made once, sealed once, and kept until the server has acknowledged it.
(function () {
  "use strict";
  var box = document.getElementById("ballot");
  var words = document.querySelector("template[data-words]").dataset;
  var english = (box.dataset.language || "").indexOf("en") === 0;
  var code = "", form = null, marks = {}, opinions = {}, timer = 0, attempts = 0;
  var NONE = "not_informed";

  function one(name) { return box.querySelector("[data-" + name + "]"); }
  function word(name, values) {
    var text = words[name] || "";
    Object.keys(values || {}).forEach(function (key) { text = text.replace("{" + key + "}", values[key]); });
    return text;
  }
  function label(thing, stem) { return (english && thing[stem + "en"]) || thing[stem + "zh"]; }
  function show(page) {
    box.querySelectorAll("[data-page]").forEach(function (section) { section.hidden = section.dataset.page !== page; });
    window.scrollTo(0, 0);
  }
  function stop(title, text) { one("stop").textContent = word(title); one("stop-text").textContent = word(text); show("stop"); }

  // --- what is kept on this phone, under a name that does not contain the code -------------------------------------
  function hex(bytes) { return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join(""); }
  function utf8(text) { var plain = unescape(encodeURIComponent(text)), bytes = new Uint8Array(plain.length); for (var i = 0; i < plain.length; i++) bytes[i] = plain.charCodeAt(i); return bytes; }
  function slot(kind) { return "yizhen." + kind + "." + hex(nacl.hash(utf8(code))).slice(0, 24); }
  // A card may vote in several rounds, one after another: drafts and receipts are each round's own.
  function ours(kind) { return kind + form.round; }
  var memory = {};
  function keep(kind, value) { var text = JSON.stringify(value); memory[slot(kind)] = text; try { localStorage.setItem(slot(kind), text); } catch (error) { /* private mode: memory only */ } }
  function kept(kind) { var text = null; try { text = localStorage.getItem(slot(kind)); } catch (error) { /* as above */ } text = text || memory[slot(kind)]; try { return text ? JSON.parse(text) : null; } catch (error) { return null; } }
  function drop(kind) { delete memory[slot(kind)]; try { localStorage.removeItem(slot(kind)); } catch (error) { /* as above */ } }

  function post(address, body, done, failed) {
    var request = new XMLHttpRequest();
    request.open("POST", address);
    request.timeout = 15000;
    request.setRequestHeader("Content-Type", "application/json");
    request.onload = function () {
      var answer = null;
      try { answer = JSON.parse(request.responseText); } catch (error) { /* a portal's log-in page, say */ }
      // Only the ballot's own answer counts: anything else is a broken network, and the sheet is kept.
      if (answer && answer.state && request.status < 500) done(answer); else failed(answer || {});
    };
    request.onerror = failed; request.ontimeout = failed;
    request.send(JSON.stringify(body));
  }

  // --- entering ------------------------------------------------------------------------------------------------------
  function normal(text) { return text.toUpperCase().replace(/[^2-9A-Z]/g, ""); }
  function enter(text) {
    code = normal(text);
    one("enter-error").hidden = true;
    if (kept("sealed")) { show("sending"); send(); return; }
    load();
  }
  function refuse(text) { one("enter-error").textContent = text; one("enter-error").hidden = false; show("enter"); }
  function load() {
    post(box.dataset.form, { code: code }, function (answer) {
      window.clearTimeout(timer);
      if (answer.state === "unknown_card") { refuse(word("unknownCard")); return; }
      form = answer;
      one("title").textContent = form.title;
      if (kept(ours("receipt"))) { done(kept(ours("receipt"))); return; }
      if (form.state === "ready") { draw(); return; }
      if (form.state === "not_open") { stop("notOpen", "notOpenText"); timer = window.setTimeout(load, 4000 + Math.random() * 3000); return; }
      if (form.state === "card_used") { stop("cardUsed", "cardUsedText"); if (form.more) later(); return; }
      if (form.state === "revoked") { stop("revoked", "revokedText"); return; }
      stop("closed", "closedText");
    }, function () {
      if (kept("last")) { done(kept("last")); return; }  // the receipt is here, whatever the network does
      refuse(word("offline"));
    });
  }

  // --- the sheet -----------------------------------------------------------------------------------------------------
  function element(tag, name, text) { var made = document.createElement(tag); if (name) made.className = name; if (text) made.textContent = text; return made; }
  function draw() {
    var draft = kept(ours("draft")) || {};
    marks = draft.marks || {}; opinions = draft.opinions || {};
    one("class").textContent = form["class"] + " " + label(form, "class_");
    var rows = one("rows");
    rows.textContent = "";
    form.speakers.forEach(function (speaker) { rows.appendChild(card(speaker)); });
    progress(); show("sheet");
  }
  function card(speaker) {
    var section = element("section", "card speaker");
    section.appendChild(element("h2", "", (speaker.position ? speaker.position + ". " : "") + label(speaker, "place_")));
    section.appendChild(element("p", "quiet", [speaker.name, speaker.title].filter(Boolean).join(" · ")));
    form.items.forEach(function (item) { section.appendChild(choices(speaker, item)); });
    var area = element("textarea");
    area.maxLength = form.opinion_chars; area.rows = 2; area.placeholder = word("opinion");
    area.setAttribute("aria-label", word("opinion")); area.value = opinions[speaker.id] || "";
    area.addEventListener("input", function () { opinions[speaker.id] = area.value; save(); });
    section.appendChild(area);
    return section;
  }
  function choices(speaker, item) {
    var field = element("fieldset");
    field.appendChild(element("legend", "", label(item, "")));
    var line = element("div", "choices");
    form.grades.concat([{ code: NONE, zh: words.gradeNone, en: words.gradeNone }]).forEach(function (grade) {
      var holder = element("label", grade.code === NONE ? "none" : ""), input = element("input");
      input.type = "radio"; input.name = speaker.id + "." + item.code; input.value = grade.code;
      input.checked = (marks[speaker.id] || {})[item.code] === grade.code;
      input.addEventListener("click", function () {
        var row = marks[speaker.id] = marks[speaker.id] || {};
        if (row[item.code] === grade.code) { delete row[item.code]; input.checked = false; } else { row[item.code] = grade.code; }
        save(); progress();
      });
      holder.appendChild(input); holder.appendChild(element("span", "", label(grade, "")));
      line.appendChild(holder);
    });
    field.appendChild(line);
    return field;
  }
  function save() { keep(ours("draft"), { marks: marks, opinions: opinions }); }
  function find(rows, code) { return rows.filter(function (row) { return row.code === code; })[0]; }
  function blanks() { var n = 0; form.speakers.forEach(function (s) { form.items.forEach(function (i) { if (!(marks[s.id] || {})[i.code]) n++; }); }); return n; }
  function progress() {
    var complete = form.speakers.filter(function (s) { return form.items.every(function (i) { return (marks[s.id] || {})[i.code]; }); }).length;
    one("progress").textContent = word("doneOf", { a: complete, b: form.speakers.length });
    // The quota is checked here and at the count: nobody is told who gave too many.
    var quota = (form.layout.quotas || {})[form["class"]], best = 0;
    form.speakers.forEach(function (s) { if ((marks[s.id] || {})[form.layout.quota_item] === form.layout.quota_grade) best++; });
    var over = quota !== undefined && best > quota;
    one("quota").hidden = quota === undefined;
    one("quota").className = over ? "error" : "quiet";
    if (quota !== undefined) one("quota").textContent = word(over ? "overQuota" : "quota", { n: quota, m: best, item: label(find(form.items, form.layout.quota_item), ""), grade: label(find(form.grades, form.layout.quota_grade), "") });
    one("review").disabled = over;
  }

  // --- sealing: once -------------------------------------------------------------------------------------------------
  function base64(bytes) { var text = ""; for (var i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]); return btoa(text); }
  function seal(value, size) {
    var plain = utf8(JSON.stringify(value)), padded = new Uint8Array(size), key = new Uint8Array(32), i;
    for (i = 0; i < size; i++) padded[i] = 32;
    padded.set(plain);
    for (i = 0; i < 32; i++) key[i] = parseInt(form.key.substr(i * 2, 2), 16);
    return base64(sealedBox.seal(padded, key));
  }
  function make() {
    // One character a cell, in the frozen order of the layout: a grade's number, n for not rated, - for blank.
    var cells = "";
    form.layout.speakers.forEach(function (speaker) {
      form.layout.items.forEach(function (item) {
        var grade = (marks[speaker] || {})[item];
        cells += !grade ? "-" : grade === NONE ? "n" : String(form.layout.grades.indexOf(grade));
      });
    });
    var sealed = {
      sheet: seal({ v: 1, round: form.round, "class": form["class"], marks: cells }, form.sheet_bytes),
      opinions: form.speakers.filter(function (s) { return (opinions[s.id] || "").trim(); }).map(function (s) {
        return seal({ v: 1, round: form.round, speaker: s.id, text: opinions[s.id].trim().slice(0, form.opinion_chars) }, form.opinion_bytes);
      }),
      token: form.token, round: form.round, more: form.more
    };
    keep("sealed", sealed);
    drop(ours("draft"));
    return sealed;
  }
  function waits(sealed) { var still = kept("sealed"); return still !== null && still.sheet === sealed.sheet; }
  // Another attempt was answered first: show its receipt, unless the page has gone on to the next round.
  function settle() { if (!kept("sealed") && kept("last") && !box.querySelector('[data-page="sending"]').hidden) done(kept("last")); }
  function send() {
    var sealed = kept("sealed");
    if (!sealed) { settle(); return; }  // nothing is sealed a second time
    attempts += 1;
    one("attempt").textContent = attempts > 1 ? word("attempt", { n: attempts }) : "";
    show("sending");
    window.clearTimeout(timer);
    post(box.dataset.cast, { code: code, round: sealed.round, sheet: sealed.sheet, opinions: sealed.opinions }, function (answer) {
      attempts = 0;
      if (answer.state === "counted" || answer.state === "already_counted") {
        // The server's receipt must be that of the bytes this phone sealed; only then is the sheet let go.
        var receipt = { receipt: answer.receipt, short: answer.short, token: sealed.token, round: sealed.round, more: sealed.more };
        keep("receipt" + sealed.round, receipt); keep("last", receipt);
        if (waits(sealed)) drop("sealed");
        settle();
        return;
      }
      if (answer.state === "not_open") { timer = window.setTimeout(send, 4000); return; }
      if (answer.state === "card_used") { drop("sealed"); stop("cardUsed", "cardUsedText"); if (sealed.more) later(); return; }
      if (answer.state === "revoked") { drop("sealed"); stop("revoked", "revokedText"); return; }
      if (answer.state === "unknown_card") { stop("unknownCard", "closedText"); return; }
      if (answer.state === "malformed") { stop("malformed", "malformedText"); return; }
      stop("closed", "closedText");
      later();  // it may be opened again, or the next round
    }, function (answer) {
      if (!waits(sealed)) { settle(); return; }
      if (answer.message) one("attempt").textContent = answer.message;  // the server's: it could not store it now
      timer = window.setTimeout(send, Math.min(1000 * Math.pow(2, attempts), 20000) * (0.7 + Math.random() * 0.6));
    });
  }
  function done(receipt) {
    one("done").textContent = word("counted");
    one("receipt").textContent = receipt.short;
    one("receipts").href = "/now/" + receipt.token + "/receipts/#r-" + receipt.receipt.slice(0, 12);
    one("more").hidden = !receipt.more;
    show("done");
    window.clearTimeout(timer);
    if (receipt.more) later();
  }
  function later() { timer = window.setTimeout(next, 4000 + Math.random() * 3000); }
  // After a receipt, wait for the next round; the receipt stays on the screen until that one opens.
  function next() {
    post(box.dataset.form, { code: code }, function (answer) {
      var sealed = kept("sealed");
      if (answer.state !== "ready" || kept("receipt" + answer.round)) { later(); return; }
      if (sealed && sealed.round === answer.round) { send(); return; }  // closed by mistake and opened again
      drop("sealed"); form = answer; one("title").textContent = form.title; draw();
    }, function () { timer = window.setTimeout(next, 8000); });
  }

  one("enter").addEventListener("click", function () { enter(document.getElementById("code").value); });
  document.getElementById("code").addEventListener("keydown", function (event) { if (event.key === "Enter") enter(event.target.value); });
  one("review").addEventListener("click", function () {
    var n = blanks();
    one("summary").textContent = (n ? word("blank", { n: n }) : word("full"));
    show("review");
  });
  one("back").addEventListener("click", function () { show("sheet"); });
  var sending = false;
  one("send").addEventListener("click", function () { if (sending) return; sending = true; make(); send(); window.setTimeout(function () { sending = false; }, 3000); });
  one("retry").addEventListener("click", send);
  window.addEventListener("online", function () { if (!box.querySelector('[data-page="sending"]').hidden) send(); });

  function scanned() {
    var fragment = decodeURIComponent(location.hash.slice(1));
    if (fragment) { history.replaceState(null, "", location.pathname); enter(fragment); }
  }
  window.addEventListener("hashchange", scanned);
  scanned();
})();
