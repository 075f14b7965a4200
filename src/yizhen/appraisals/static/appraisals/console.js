// Keys of the host: they press the button that says so, and never while somebody types.
(function () {
  "use strict";
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (/^(INPUT|TEXTAREA|SELECT|BUTTON|A|SUMMARY)$/.test(event.target.tagName)) return;
    var button = document.querySelector('[data-key="' + (event.key === " " ? " " : event.key.toLowerCase().replace(/[^a-z]/g, "")) + '"]');
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
// The preview is the projector's own page, drawn at its size and made small.
(function () {
  "use strict";
  var box = document.querySelector(".preview"), frame = box && box.querySelector("iframe");
  if (!frame) return;
  function fit() { frame.style.transform = "scale(" + box.clientWidth / 1280 + ")"; }
  window.addEventListener("resize", fit);
  fit();
})();
