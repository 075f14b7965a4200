// Polls the tiny versioned status. Refreshes marked places only; never touches a form. The countdown is the server's:
// seconds left when it answered, counted on with this page's own monotonic clock, whatever the wall clock says.
(function () {
  "use strict";
  var root = document.querySelector("[data-live]");
  if (!root) return;
  var address = root.dataset.live, slide = root.dataset.slide, tag = "", version = null, left = null, running = false, taken = 0, phase = "";
  var pause = slide ? 1500 : 3000;
  function all(name) { return document.querySelectorAll("[data-" + name + "]"); }
  function write(name, text) { all(name).forEach(function (place) { if (place.textContent !== text) place.textContent = text; }); }
  function two(n) { return (n < 10 ? "0" : "") + n; }
  function tick() {
    all("clock").forEach(function (place) {
      if (left === null) { place.hidden = !!slide || !place.closest(".status-strip"); place.textContent = "--:--"; return; }
      var seconds = Math.round(left - (running ? (performance.now() - taken) / 1000 : 0)), over = seconds < 0, size = Math.abs(seconds);
      place.hidden = false;
      place.textContent = (over ? "+" : "") + two(Math.floor(size / 60)) + ":" + two(size % 60) + (running ? "" : " ‖");
      place.classList.toggle("over", over);
    });
  }
  function changed(first) {
    if (slide && !first) {
      fetch(slide, { credentials: "same-origin" }).then(function (answer) { return answer.ok ? answer.text() : null; }).then(function (html) {
        if (html !== null) document.getElementById("slide").innerHTML = html;
      });
    }
    document.querySelectorAll("[data-hide]").forEach(function (place) { place.hidden = place.dataset.hide.split(" ").indexOf(phase) >= 0; });
    document.querySelectorAll("[data-show]").forEach(function (place) { place.hidden = place.dataset.show !== phase; });
  }
  function poll() {
    var sent = performance.now();
    fetch(address, { credentials: "same-origin", cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} }).then(function (answer) {
      if (answer.status === 304 || !answer.ok) return null;
      tag = answer.headers.get("ETag") || "";
      return answer.json();
    }).then(function (status) {
      if (status) {
        var now = performance.now();
        left = status.remaining; running = status.running; taken = sent + (now - sent) / 2; phase = status.phase;
        write("phase", status.phase_name); write("speaker", status.speaker);
        write("turnout", status.turnout.returned + "/" + status.turnout.issued);
        write("message", status.message); all("message").forEach(function (place) { place.hidden = !status.message; });
        // A form that somebody types in stays until it is empty, whatever the hall does.
        all("questions").forEach(function (form) { form.hidden = !status.questions && !form.querySelector("textarea").value; });
        if (version !== status.version) { changed(version === null); version = status.version; }
        tick();
      }
    }).catch(function () { /* the network will come back; the countdown goes on */ }).then(function () {
      window.setTimeout(poll, pause * (0.8 + Math.random() * 0.4));
    });
  }
  poll();
  window.setInterval(tick, 250);
})();
