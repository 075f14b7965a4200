// Asks the gate when a duty item is chosen, before the task is sent. Without script the button below the field asks.
(function () {
  "use strict";
  var select = document.querySelector("select[data-gate]");
  var box = document.getElementById("gate-answer");
  if (!select || !box || !box.dataset.address) return;
  var button = document.querySelector("[data-gate-button]");
  if (button) button.hidden = true;
  var asked = 0;
  select.addEventListener("change", function () {
    var mine = ++asked;
    fetch(box.dataset.address + "?duty=" + encodeURIComponent(select.value), { credentials: "same-origin", redirect: "error" })
      .then(function (response) { if (!response.ok) throw new Error(); return response.text(); })
      .then(function (text) { if (mine === asked) box.innerHTML = text; })
      .catch(function () { if (mine === asked) { box.textContent = ""; if (button) button.hidden = false; } });
  });
})();
