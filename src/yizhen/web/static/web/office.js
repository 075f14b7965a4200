// Small behaviours shared by all office pages. Everything works without it; nothing here moves by itself.
(function () {
  "use strict";
  var root = document.documentElement;
  document.querySelectorAll("[data-large-type]").forEach(function (button) {
    button.setAttribute("aria-pressed", String(root.classList.contains("large-type")));
    button.addEventListener("click", function () {
      var on = root.classList.toggle("large-type");
      button.setAttribute("aria-pressed", String(on));
      try { localStorage.setItem("large-type", on ? "1" : "0"); } catch (error) { /* only for this page then */ }
    });
  });
  // A form is sent once: a second tap does nothing while the first is under way.
  document.querySelectorAll("form[method=post]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent === "1") { event.preventDefault(); return; }
      if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      window.setTimeout(function () { form.dataset.sent = "0"; }, 8000);
    });
  });
  document.querySelectorAll("[data-check-all]").forEach(function (box) {
    box.addEventListener("change", function () {
      document.querySelectorAll(box.dataset.checkAll).forEach(function (one) { one.checked = box.checked; });
    });
  });
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.addEventListener("click", function () { window.print(); });
  });
  if (window.matchMedia && window.matchMedia("(max-width: 760px)").matches) {
    document.querySelectorAll("details[data-open-small]").forEach(function (one) { one.open = true; });
  }
  // A table wider than its box can be scrolled from the keyboard.
  function reachable() {
    document.querySelectorAll(".scroll").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex");
    });
  }
  reachable();
  window.addEventListener("resize", reachable);
  // Insert a citation where the cursor last stood.
  var last = null;
  document.querySelectorAll("textarea[data-section]").forEach(function (area) {
    area.addEventListener("focus", function () { last = area; });
  });
  document.querySelectorAll("[data-insert]").forEach(function (button) {
    button.addEventListener("click", function () {
      var area = last || document.querySelector("textarea[data-section]");
      if (!area) return;
      var at = area.selectionStart;
      area.value = area.value.slice(0, at) + button.dataset.insert + area.value.slice(area.selectionEnd);
      area.focus();
      area.selectionStart = area.selectionEnd = at + button.dataset.insert.length;
    });
  });
})();
