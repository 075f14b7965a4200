// Moderating by keyboard: j and k walk through the opinions, 1 2 3 press the buttons (with Alt inside the text field).
(function () {
  "use strict";
  var forms = Array.prototype.slice.call(document.querySelectorAll("form.opinion"));
  if (!forms.length) return;
  function current() { var at = document.activeElement && document.activeElement.closest("form.opinion"); return at ? forms.indexOf(at) : -1; }
  function go(to) {
    var form = forms[Math.max(0, Math.min(forms.length - 1, to))];
    form.scrollIntoView({ block: "center" });
    form.querySelector("button").focus({ preventScroll: true });
  }
  document.addEventListener("keydown", function (event) {
    var typing = /^(TEXTAREA|INPUT|SELECT)$/.test(event.target.tagName);
    if (event.ctrlKey || event.metaKey || (typing && !event.altKey)) return;
    var at = current();
    if (event.key === "j") { event.preventDefault(); go(at + 1); }
    else if (event.key === "k") { event.preventDefault(); go(at - 1); }
    else if (at >= 0 && /^[123]$/.test(event.key)) {
      event.preventDefault();
      forms[at].querySelectorAll("button[name=decision]")[Number(event.key) - 1].click();
    }
  });
  var target = location.hash && document.querySelector(location.hash);
  if (target && forms.indexOf(target) >= 0) target.querySelector("textarea").focus();
})();
