// The field page: drafts are written here without a network and sent only when their writer says so.
(function () {
  "use strict";
  var words = JSON.parse(document.getElementById("words").textContent);
  var me = null; // the account whose drafts are shown, as the server last described it
  var token = ""; // of a live session; "" while there is no network or no session
  var current = null; // the draft that is open
  var photos = [];
  var sending = {};
  var busy = null;
  var dirty = false;
  var storing = true;

  function one(selector, within) { return (within || document).querySelector(selector); }
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
  function fill(text, parts) { return Object.keys(parts).reduce(function (said, name) { return said.replace(name, parts[name]); }, text); }
  function make(name, text) { var node = document.createElement(name); if (text !== undefined) node.textContent = text; return node; }
  function now() {
    var clock = new Date();
    function two(number) { return ("0" + number).slice(-2); }
    return clock.getFullYear() + "-" + two(clock.getMonth() + 1) + "-" + two(clock.getDate()) + " " + two(clock.getHours()) + ":" + two(clock.getMinutes());
  }
  function known(list, code) { return (list || []).filter(function (each) { return each.code === code; })[0]; }
  function kindOf(draft) { return me && known(me.kinds, draft.kind); }
  function deviceAccount() {
    var found = document.cookie.split("; ").filter(function (part) { return part.indexOf(words.cookie + "=") === 0; })[0];
    return found ? found.slice(words.cookie.length + 1) : "";
  }
  function copyOf(draft) { return JSON.parse(JSON.stringify(draft)); }

  // --- keeping: each change goes to the disk at once, one write after the other ------------------------------------

  function keep() {
    dirty = true;
    if (!storing) return Promise.resolve();
    if (!busy) { one("[data-kept]").textContent = words.keeping; busy = write(); }
    return busy;
  }
  function write() {
    dirty = false;
    return FieldStore.keep(copyOf(current)).then(function () {
      one("[data-kept]").textContent = fill(words.kept, { TIME: now() });
    }, function () {
      one("[data-kept]").textContent = words.not_kept;
    }).then(function () { if (dirty) return write(); busy = null; });
  }
  function settled() { return busy ? busy.then(settled) : Promise.resolve(); }

  function newDraft(like) {
    var place = me.places.length === 1 ? me.places[0].code : "";
    var draft = { kind: me.kinds.length === 1 ? me.kinds[0].code : "", place: place, text: "", how: "", solved: false, position: null, fields: {} };
    if (like) Object.keys(draft).forEach(function (name) { draft[name] = copyOf(like)[name]; });
    draft.id = FieldPhoto.id();
    draft.account = me.account;
    draft.state = "draft";
    draft.seen_at = draft.changed = now();
    return draft;
  }

  // --- the list -----------------------------------------------------------------------------------------------------

  function stateWords(draft) {
    var state = sending[draft.id] ? "sending" : draft.state;
    var mark = make("span", fill(words["state_" + state], { NUMBER: draft.number || "" }));
    mark.className = "mark";
    mark.dataset.is = state;
    return mark;
  }
  function titleOf(draft) { return draft.text.trim().split("\n")[0].slice(0, 60) || words.untitled; }

  function showList() {
    current = null;
    one("[data-view=edit]").hidden = true;
    one("[data-view=list]").hidden = !me;
    if (!me) return Promise.resolve();
    return FieldStore.drafts(me.account).then(function (drafts) {
      var list = one("[data-drafts]");
      list.textContent = "";
      drafts.sort(function (a, b) { return a.changed < b.changed ? 1 : -1; }).forEach(function (draft) {
        var line = make("li");
        var button = make("button");
        var kind = kindOf(draft);
        var place = known(me.places, draft.place);
        line.dataset.is = draft.state;
        button.type = "button";
        button.dataset.open = draft.id;
        button.appendChild(make("b", titleOf(draft)));
        button.appendChild(stateWords(draft));
        button.appendChild(make("small", [kind ? kind.name : "", place ? place.name : "", draft.changed].filter(Boolean).join(" · ")));
        line.appendChild(button);
        list.appendChild(line);
      });
      var waiting = drafts.filter(function (draft) { return draft.state === "waiting"; }).length;
      one("[data-waiting]").hidden = !waiting;
      one("[data-waiting-count]").textContent = fill(words.count_waiting, { COUNT: waiting });
      one("[data-empty]").hidden = drafts.length > 0;
      one("[data-as-of]").textContent = me.as_of ? fill(words.places_old, { TIME: me.as_of }) : "";
      return FieldStore.count().then(function (count) {
        one("[data-others]").hidden = count === drafts.length;
        one("[data-others]").textContent = words.left_elsewhere;
      });
    }).catch(function () { storing = false; one("[data-network]").textContent = words.no_storage; });
  }

  // --- the form -----------------------------------------------------------------------------------------------------

  function choices(select, list, chosen) {
    select.textContent = "";
    select.appendChild(new Option(words.choose, ""));
    list.forEach(function (each) { select.appendChild(new Option(each.name, each.code, false, each.code === chosen)); });
    if (chosen && !known(list, chosen)) select.appendChild(new Option(chosen, chosen, false, true));
  }

  function ownField(field, stage) {
    var box = make("div");
    var label = make("label", field.name + (field.unit ? "(" + field.unit + ")" : "") + (field.required ? "" : " · " + words.optional));
    var input;
    if (field.type === "choice" || field.type === "yes_no") {
      input = make("select");
      var offered = field.type === "choice" ? field.choices.map(function (text) { return { code: text, name: text }; })
        : [{ code: "yes", name: words.yes }, { code: "no", name: words.no }];
      choices(input, offered, current.fields[field.code] || "");
    } else {
      input = make("input");
      input.type = field.type === "date" ? "date" : "text";
      if (field.type === "number") input.inputMode = "decimal";
      input.maxLength = 2000;
      input.value = current.fields[field.code] || "";
    }
    input.id = "own-" + field.code;
    input.dataset.code = field.code;
    label.htmlFor = input.id;
    var error = make("p");
    error.className = "error";
    error.dataset.errors = "field_" + field.code;
    [label, input, error].forEach(function (node) { box.appendChild(node); });
    one("[data-own=" + stage + "]").appendChild(box);
  }

  function showOwnFields() {
    var kind = kindOf(current);
    all("[data-own]").forEach(function (box) { box.textContent = ""; });
    (kind ? kind.fields : []).forEach(function (field) { ownField(field, field.stage); });
    one("[data-solving]").hidden = !(kind && kind.solves);
    one("[data-solved]").hidden = !current.solved;
  }

  function showPhotos() {
    all("[data-photos]").forEach(function (list) {
      all("img", list).forEach(function (picture) { URL.revokeObjectURL(picture.src); });
      list.textContent = "";
      photos.filter(function (photo) { return photo.step === list.dataset.photos; }).forEach(function (photo, number) {
        var line = make("li");
        var picture = make("img");
        var button = make("button", words.photo_remove);
        picture.src = URL.createObjectURL(FieldPhoto.blob(photo));
        picture.alt = fill(words.photo_alt, { COUNT: number + 1 });
        button.type = "button";
        button.dataset.drop = photo.id;
        line.appendChild(picture);
        line.appendChild(button);
        list.appendChild(line);
      });
    });
  }

  function showPosition() {
    var at = current.position;
    one("[data-position]").textContent = at ? fill(words.located, { LATITUDE: at.latitude, LONGITUDE: at.longitude, ACCURACY: at.accuracy }) : "";
    one("[data-locate]").hidden = !!at;
    one("[data-unlocate]").hidden = !at;
  }

  function showState() {
    var state = current.state;
    var locked = state === "waiting" || state === "sent" || !!sending[current.id];
    var line = one("[data-state]");
    line.textContent = "";
    line.appendChild(stateWords(current));
    if (state === "sent" && current.address) {
      var link = make("a", words.open_matter);
      link.href = current.address;
      line.appendChild(document.createTextNode(" "));
      line.appendChild(link);
    }
    one("[data-note]").textContent = current.note || "";
    one("[data-note]").hidden = !current.note;
    one("[data-body]").disabled = locked;
    one("[data-send]").hidden = state === "sent";
    one("[data-send]").disabled = !!sending[current.id];
    one("[data-change]").hidden = state !== "waiting" || !!sending[current.id];
    one("[data-copy]").hidden = state !== "sent" && !current.copy;
    one("[data-remove]").hidden = !!sending[current.id];
    all("[data-errors]").forEach(function (place) {
      var texts = (current.errors || {})[place.dataset.errors] || [];
      place.textContent = texts.join(" ");
      var input = place.previousElementSibling;
      if (input && "value" in input) input.setAttribute("aria-invalid", texts.length ? "true" : "false");
    });
  }

  function showDraft(draft, found) {
    current = draft;
    photos = found.sort(function (a, b) { return a.at - b.at || (a.id < b.id ? -1 : 1); });
    one("[data-view=list]").hidden = true;
    one("[data-view=edit]").hidden = false;
    choices(one("#kind"), me.kinds, draft.kind);
    choices(one("#place"), me.places, draft.place);
    one("[data-place-box]").hidden = me.places.length === 1 && draft.place === me.places[0].code;
    one("#text").value = draft.text;
    one("#how").value = draft.how;
    one("[data-field=solved]").checked = draft.solved;
    one("[data-seen]").textContent = fill(words.seen_at, { TIME: draft.seen_at });
    one("[data-kept]").textContent = "";
    showOwnFields();
    showPhotos();
    showPosition();
    showState();
    window.scrollTo(0, 0);
  }

  function missing(draft) {
    var errors = {};
    function need(name, title) { errors[name] = [fill(words.fill_in, { NAME: title })]; }
    function titled(id) { return one("label[for=" + id + "]").textContent; }
    ["kind", "place", "text"].forEach(function (name) { if (!draft[name].trim()) need(name, titled(name)); });
    var kind = kindOf(draft);
    if (kind && kind.solves && draft.solved && !draft.how.trim()) need("how", titled("how"));
    (kind ? kind.fields : []).forEach(function (field) {
      var asked = field.required && (field.stage === "open" || (kind.solves && draft.solved));
      if (asked && !(draft.fields[field.code] || "").trim()) need("field_" + field.code, field.name);
    });
    return errors;
  }

  // --- sending ------------------------------------------------------------------------------------------------------

  function send(id) {
    if (sending[id]) return sending[id];
    sending[id] = settled().then(function () {
      return Promise.all([FieldStore.draft(id), FieldStore.photos(id)]);
    }).then(function (found) {
      var draft = found[0];
      var pictures = found[1].sort(function (a, b) { return a.at - b.at || (a.id < b.id ? -1 : 1); });
      if (!draft || draft.state === "sent") return draft;
      draft.errors = missing(draft);
      draft.note = "";
      if (Object.keys(draft.errors).length) { draft.state = "refused"; return FieldStore.keep(draft).then(function () { return draft; }); }
      draft.state = "waiting"; // on the disk before the first byte leaves: whatever happens then, it is asked for again
      draft.copy = false;
      return FieldStore.keep(draft).then(function () {
        refreshOpen(draft);
        return FieldSending.send(draft, pictures, words);
      }).then(function (result) {
        ["state", "number", "address", "note", "errors", "copy"].forEach(function (name) { if (name in result) draft[name] = result[name]; });
        if (result.signed_out) token = "";
        draft.changed = now();
        return FieldStore.finish(draft, draft.state === "sent" ? pictures : []).then(function () { return draft; });
      });
    }).catch(function () { return null; }).then(function (draft) {
      delete sending[id];
      if (draft) refreshOpen(draft);
      return draft;
    });
    if (current && current.id === id) showState();
    return sending[id];
  }

  function refreshOpen(draft) {
    if (current && current.id === draft.id) {
      current = draft;
      if (draft.state === "sent") { photos = []; showPhotos(); }
      showState();
      var wrong = draft.state === "refused" && one("[data-body] [aria-invalid=true]");
      if (wrong) wrong.focus();
    }
  }

  function sendAll() {
    return FieldStore.drafts(me.account).then(function (drafts) {
      return drafts.filter(function (draft) { return draft.state === "waiting"; }).reduce(function (before, draft) {
        return before.then(function () { return send(draft.id); }).then(function () { if (!current) return showList(); });
      }, Promise.resolve());
    });
  }

  // --- what is pressed and typed ------------------------------------------------------------------------------------

  function edit(change) {
    change();
    if (current.state === "refused") current.state = "draft";
    current.changed = now();
    return keep();
  }

  one("form").addEventListener("input", function (event) {
    var input = event.target;
    if (!current || input.type === "file") return;
    edit(function () {
      if (input.dataset.code) current.fields[input.dataset.code] = input.value;
      else current[input.dataset.field] = input.type === "checkbox" ? input.checked : input.value;
    });
    if (input.dataset.field === "kind" || input.dataset.field === "solved") showOwnFields();
  });

  all("[data-add]").forEach(function (input) {
    input.addEventListener("change", function () {
      var draft = current;
      var step = input.dataset.add;
      var error = one("[data-errors=" + (step === "after" ? "after" : "photos") + "]");
      var room = words.most_photos - photos.filter(function (photo) { return photo.step === step; }).length;
      var files = Array.prototype.slice.call(input.files);
      error.textContent = files.length > room ? fill(words.photo_many, { COUNT: words.most_photos }) : "";
      files.slice(0, room).reduce(function (before, file) {
        return before.then(function () { return FieldPhoto.drawn(file); }).then(function (bytes) {
          var photo = { id: FieldPhoto.id(), draft: draft.id, step: step, at: Date.now(), bytes: bytes };
          return edit(function () {}).then(function () { return FieldStore.addPhoto(photo); }).then(function () {
            if (current === draft) { photos.push(photo); showPhotos(); }
          }, function () { error.textContent = words.not_kept; });
        }, function () { error.textContent = words.photo_unreadable; });
      }, Promise.resolve());
      input.value = "";
    });
  });

  one("[data-locate]").addEventListener("click", function () {
    var draft = current;
    var said = one("[data-position]");
    if (!window.isSecureContext || !navigator.geolocation) { said.textContent = words.location_insecure; return; }
    said.textContent = words.locating;
    navigator.geolocation.getCurrentPosition(function (found) {
      if (current !== draft) return;
      edit(function () {
        current.position = { latitude: found.coords.latitude.toFixed(4), longitude: found.coords.longitude.toFixed(4), accuracy: Math.round(found.coords.accuracy) };
      });
      showPosition();
    }, function (error) {
      said.textContent = error.code === 1 ? words.location_refused : words.location_failed;
    }, { enableHighAccuracy: true, timeout: 20000, maximumAge: 0 });
  });
  one("[data-unlocate]").addEventListener("click", function () { edit(function () { current.position = null; }); showPosition(); });

  one("form").addEventListener("submit", function (event) { event.preventDefault(); if (current) keepThenSend(); });
  function keepThenSend() {
    var draft = current;
    if (draft.state === "waiting" || draft.state === "sent") { send(draft.id); return; }
    keep().then(function () { return send(draft.id); });
  }
  one("[data-change]").addEventListener("click", function () { edit(function () { current.state = "draft"; current.note = ""; }); showState(); });
  one("[data-back]").addEventListener("click", function () { location.hash = ""; });
  one("[data-new]").addEventListener("click", function () { showDraft(newDraft(), []); location.hash = current.id; });
  one("[data-send-all]").addEventListener("click", sendAll);
  one("[data-copy]").addEventListener("click", function () {
    var copy = newDraft(current);
    var pictures = photos.map(function (photo) { return { id: FieldPhoto.id(), draft: copy.id, step: photo.step, at: photo.at, bytes: photo.bytes }; });
    FieldStore.keep(copy).then(function () { return Promise.all(pictures.map(FieldStore.addPhoto)); }).then(function () { location.hash = copy.id; });
  });
  one("[data-remove]").addEventListener("click", function () {
    var draft = current;
    if (!confirm(draft.state === "sent" ? words.remove_sent : words.remove_draft)) return;
    settled().then(function () { return FieldStore.photos(draft.id); }).then(function (found) { return FieldStore.finish(draft, found, true); })
      .then(function () { location.hash = ""; });
  });
  one("[data-drafts]").addEventListener("click", function (event) {
    var button = event.target.closest("[data-open]");
    if (button) location.hash = button.dataset.open;
  });
  one("form").addEventListener("click", function (event) {
    var id = event.target.dataset.drop;
    if (!id) return;
    edit(function () {});
    FieldStore.removePhoto(id).then(function () { photos = photos.filter(function (photo) { return photo.id !== id; }); showPhotos(); });
  });

  function follow() {
    var id = location.hash.slice(1);
    if (!me || !id) return settled().then(showList);
    if (current && current.id === id) return Promise.resolve();
    return settled().then(function () { return Promise.all([FieldStore.draft(id), FieldStore.photos(id)]); }).then(function (found) {
      if (found[0] && found[0].account === me.account) showDraft(found[0], found[1]); else location.hash = "";
    });
  }
  window.addEventListener("hashchange", follow);

  // --- who, and whether there is a network --------------------------------------------------------------------------

  function say(text, link) {
    var who = one("[data-who]");
    who.textContent = text;
    if (!link) return;
    var way = make("a", words.sign_in);
    way.href = words.addresses.sign_in;
    who.appendChild(document.createTextNode(" "));
    who.appendChild(way);
  }

  function become(found) {
    var same = me && me.account === found.account;
    me = found;
    if (!same) current = null;
    if (!current) return follow();
    return Promise.resolve();
  }

  function refresh() {
    return FieldSending.me(words).then(function (answer) {
      var body = answer.body;
      one("[data-network]").textContent = body ? words.online : words.not_understood;
      token = "";
      if (answer.status === 200 && body && body.account) {
        token = body.token;
        delete body.token;
        body.as_of = now();
        say(fill(words.signed_in, { NAME: body.name }));
        return FieldStore.keepAccount(body).catch(function () { storing = false; one("[data-network]").textContent = words.no_storage; })
          .then(function () { return become(body); });
      }
      if (answer.status === 401) say(me ? fill(words.signed_in, { NAME: me.name }) + " " + words.expired : words.nobody, true);
      if (answer.status === 403) { say(words.not_allowed, true); me = null; return showList(); }
    }).catch(function () { token = ""; one("[data-network]").textContent = words.offline; }).then(function () { one("[data-sign-out]").hidden = !token; });
  }

  one("[data-language]").hidden = false;
  one("[data-language]").addEventListener("click", function () {
    document.cookie = "django_language=" + (words.language === "en" ? "zh-hans" : "en") + "; path=/; max-age=31536000; samesite=lax";
    settled().then(function () { location.reload(); });
  });
  one("[data-sign-out]").addEventListener("click", function () {
    var form = make("form");
    var input = make("input");
    form.method = "post";
    form.action = words.addresses.sign_out;
    input.type = "hidden";
    input.name = "csrfmiddlewaretoken";
    input.value = token;
    form.appendChild(input);
    document.body.appendChild(form);
    settled().then(function () { form.submit(); });
  });
  window.addEventListener("online", refresh);
  window.addEventListener("offline", function () { one("[data-network]").textContent = words.offline; });

  function install() {
    var warning = one("[data-insecure]");
    if (!window.isSecureContext) { warning.textContent = words.insecure; warning.hidden = false; return; }
    if (!("serviceWorker" in navigator)) { warning.textContent = words.no_worker; warning.hidden = false; return; }
    var before = navigator.serviceWorker.controller;
    navigator.serviceWorker.register(words.addresses.worker, { updateViaCache: "none" }).then(function () {
      return navigator.serviceWorker.ready;
    }).then(function () { return started; }).then(function () { // who writes here is on the disk too
      if (storing) one("[data-ready]").textContent = words.ready;
    }).catch(function () {
      if (!before) { warning.textContent = words.no_worker; warning.hidden = false; }
    });
    navigator.serviceWorker.addEventListener("controllerchange", function () { if (before) one("[data-ready]").textContent = words.update; });
    if (navigator.storage && navigator.storage.persist) navigator.storage.persist(); // else a full phone may throw drafts away
  }

  var account = deviceAccount();
  var started = (account ? FieldStore.account(account) : FieldStore.open().then(function () { return null; })).then(function (found) {
    if (found) { say(fill(words.signed_in, { NAME: found.name })); return become(found); }
    say(words.nobody, true);
  }).catch(function () { storing = false; one("[data-network]").textContent = words.no_storage; }).then(refresh);
  install();
})();
