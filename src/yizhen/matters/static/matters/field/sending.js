// Asking the server, and sending one draft. Only the server's receipt for this very draft counts as sent: a sign-in page,
// a redirect or half an answer leaves it waiting.
var FieldSending = (function () {
  "use strict";
  var ASKING = 15000;
  var SENDING = 90000;
  var TIMES = 12; // so often the same draft is sent when the server only asks to wait

  function ask(address, options, patience) {
    var stop = new AbortController();
    var late = setTimeout(function () { stop.abort(); }, patience);
    options.signal = stop.signal;
    options.redirect = "error";
    options.credentials = "same-origin";
    options.cache = "no-store";
    return fetch(address, options).then(function (answer) {
      return answer.text().then(function (text) {
        var body = null;
        try { body = JSON.parse(text); } catch (error) { /* not ours */ }
        return { status: answer.status, body: body };
      });
    }).finally(function () { clearTimeout(late); });
  }

  function me(words) { return ask(words.addresses.me, { method: "GET" }, ASKING); }

  function form(draft, photos) {
    var sent = new FormData();
    sent.append("client_id", draft.id);
    ["account", "kind", "place", "text", "seen_at"].forEach(function (name) { sent.append(name, draft[name]); });
    if (draft.solved) { sent.append("solved", "1"); sent.append("how", draft.how); }
    if (draft.position) Object.keys(draft.position).forEach(function (name) { sent.append(name, draft.position[name]); });
    Object.keys(draft.fields).forEach(function (code) { sent.append("field_" + code, draft.fields[code]); });
    photos.forEach(function (photo, number) {
      if (photo.step === "after" && !draft.solved) return;
      sent.append(photo.step === "after" ? "after" : "photos", FieldPhoto.blob(photo), "photo-" + (number + 1) + ".jpg");
    });
    return sent;
  }

  // Returns what becomes of the draft: its state, and what to say.
  function outcome(answer, draft, words) {
    var body = answer.body;
    if (answer.status === 413) return { state: "refused", note: words.too_large };
    if (!body) return { state: "waiting", note: answer.status >= 500 ? words.server_broke : words.not_understood };
    if (answer.status === 200 && body.client_id === draft.id && body.number) {
      return { state: "sent", number: body.number, address: body.address, note: "" };
    }
    if (answer.status === 400 && body.errors) return { state: "refused", errors: body.errors, note: "" };
    if (answer.status === 409 && body.number) {
      return { state: "sent", number: body.number, note: words.sent_before.replace("NUMBER", body.number) };
    }
    if (answer.status === 409) return { state: "refused", copy: true, note: words.used_before };
    if ([401, 403, 503, 507].indexOf(answer.status) >= 0 && body.error) return { state: "waiting", note: body.error };
    return { state: "waiting", note: answer.status >= 500 ? words.server_broke : words.not_understood };
  }

  // Sends a draft; while the server draws other phones' photographs, again after as long as it asks for.
  function post(draft, photos, token, words, time) {
    var options = { method: "POST", headers: { "X-CSRFToken": token }, body: form(draft, photos) };
    return ask(words.addresses.send, options, SENDING).then(function (answer) {
      if (answer.status !== 503 || !answer.body || !answer.body.again || time >= TIMES) return outcome(answer, draft, words);
      return new Promise(function (resolve) {
        setTimeout(resolve, answer.body.again * 1000 * (1 + Math.random()));
      }).then(function () { return post(draft, photos, token, words, time + 1); });
    });
  }

  function send(draft, photos, words) {
    return me(words).then(function (known) {
      if (!known.body) return { state: "waiting", note: words.not_understood };
      if (known.status === 401) return { state: "waiting", note: words.expired, signed_out: true };
      if (known.body.account !== draft.account) return { state: "waiting", note: words.other_account };
      if (known.status !== 200) return { state: "waiting", note: known.body.error || words.not_understood };
      return post(draft, photos, known.body.token, words, 1);
    }).catch(function () { return { state: "waiting", note: words.waiting_now }; });
  }

  return { me: me, send: send };
})();
