// The desk's small behaviours: how many are ticked, keys for going through a list, templates into the text box, text to copy.
// Every page works without it.
(function () {
  "use strict";
  var boxes = [].slice.call(document.querySelectorAll("input[form=bulk][name=m]"));
  var told = document.querySelector("[data-picked]");
  if (told) {
    var before = told.textContent;
    var tell = function () {
      var numbers = {};
      boxes.forEach(function (box) { if (box.checked) numbers[box.value] = true; });
      var count = Object.keys(numbers).length;
      told.closest("form").classList.toggle("picked", count > 0);
      told.textContent = count ? told.dataset.words.replace("#", String(count)) : before;
    };
    boxes.forEach(function (box) { box.addEventListener("change", tell); });
    window.addEventListener("pageshow", tell); // going back keeps the ticks
  }

  // One letter is a shortcut only while it can be switched off and nobody is typing (WCAG 2.1, 2.1.4).
  var help = document.querySelector("[data-keys]");
  if (help) {
    var entries = [].slice.call(document.querySelectorAll("[data-entry]")).filter(function (one) { return one.querySelector("[data-open]"); });
    var on = help.querySelector("[data-keys-on]");
    help.hidden = false;
    try { on.checked = localStorage.getItem("desk-keys") !== "0"; } catch (error) { /* only for this page then */ }
    on.addEventListener("change", function () {
      try { localStorage.setItem("desk-keys", on.checked ? "1" : "0"); } catch (error) { /* only for this page then */ }
    });
    var place = function () { return entries.findIndex(function (one) { return one.contains(document.activeElement); }); };
    var go = function (step) {
      var at = place();
      var next = entries[at < 0 ? (step > 0 ? 0 : entries.length - 1) : Math.min(Math.max(at + step, 0), entries.length - 1)];
      if (next) next.querySelector("[data-open]").focus();
    };
    document.addEventListener("keydown", function (event) {
      var target = event.target;
      var typing = target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === "INPUT" && target.type !== "checkbox");
      if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !on.checked) return;
      if (event.key === "j") go(1);
      else if (event.key === "k") go(-1);
      else if (event.key === "?") { help.open = !help.open; if (help.open) help.querySelector("summary").focus(); }
      else if (event.key === "x" && place() >= 0) {
        var box = entries[place()].querySelector(".pick");
        if (!box) return;
        box.checked = !box.checked;
        box.dispatchEvent(new Event("change"));
      } else return;
      event.preventDefault();
    });
  }

  document.querySelectorAll("[data-replies]").forEach(function (field) {
    var choice = field.querySelector("select");
    var area = document.getElementById(field.dataset.replies);
    field.hidden = false;
    field.parentNode.querySelector("[data-without-script]").hidden = true;
    choice.addEventListener("change", function () {
      if (!choice.value) return;
      // What was typed stays: a template comes after it.
      area.value = area.value.trim() ? area.value.replace(/\s+$/, "") + "\n" + choice.value : choice.value;
      choice.value = "";
      area.focus();
    });
  });

  document.querySelectorAll("textarea[data-select]").forEach(function (area) {
    area.addEventListener("focus", function () { area.select(); });
  });
})();
