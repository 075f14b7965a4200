// A sheet that saves each cell as it is left. What the server has not taken stays on this device until it has.
(function () {
  "use strict";
  var form = document.querySelector("form[data-cell-address]");
  if (!form || !form.querySelector("[data-cell]")) return;
  var token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  var said = document.querySelector("[data-saved]");
  var progress = document.querySelector("[data-progress]");
  var prefix = "sheet-" + form.dataset.draft + "-";
  var queue = Promise.resolve();

  function version(code) { return form.querySelector('[name="version-' + code + '"]'); }
  function plain(text) { return text.normalize("NFKC").replace(/[,\s]/g, ""); }
  function keep(cell) { try { localStorage.setItem(prefix + cell.dataset.cell, cell.value); } catch (error) { /* private window */ } }
  function forget(cell) { try { localStorage.removeItem(prefix + cell.dataset.cell); } catch (error) { /* private window */ } }
  function findings(code, texts, wrong) {
    var box = form.querySelector('[data-findings="' + code + '"]');
    if (!box) return;
    box.textContent = "";
    texts.forEach(function (text) {
      var line = document.createElement("p");
      line.className = wrong ? "error" : "hint";
      line.textContent = text;
      box.appendChild(line);
    });
  }

  function save(cell) {
    var code = cell.dataset.cell;
    var text = cell.value;
    if (text === cell.dataset.before) return Promise.resolve();
    keep(cell);
    cell.dataset.state = "saving";
    said.textContent = form.dataset.saving;
    return fetch(form.dataset.cellAddress, {
      method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, redirect: "error",
      body: JSON.stringify({ field: code, text: text, version: Number(version(code).value) })
    }).then(function (answer) {
      return answer.json().then(function (body) {
        if (!answer.ok) {
          cell.dataset.state = "wrong";
          cell.setAttribute("aria-invalid", "true");
          findings(code, [body.error], true);
          if (answer.status === 409) version(code).value = body.version;
          said.textContent = "";
          return;
        }
        version(code).value = body.version;
        cell.dataset.before = text;
        cell.dataset.state = "saved";
        cell.removeAttribute("aria-invalid");
        if (cell.value === text) forget(cell);
        findings(code, []);
        Object.keys(body.findings).forEach(function (one) { findings(one, body.findings[one], false); });
        progress.textContent = form.dataset.counting.replace("FILLED", body.filled).replace("ASKED", body.asked);
        said.textContent = form.dataset.done;
      });
    }).catch(function () {
      cell.dataset.state = "kept";
      said.textContent = form.dataset.offline;
    });
  }

  function enqueue(cell) { queue = queue.then(function () { return save(cell); }); }
  var cells = form.querySelectorAll("[data-cell]");
  cells.forEach(function (cell) {
    cell.dataset.before = cell.defaultValue !== undefined ? cell.defaultValue : cell.value;
    var kept = null;
    try { kept = localStorage.getItem(prefix + cell.dataset.cell); } catch (error) { /* private window */ }
    if (kept !== null && plain(kept) !== plain(cell.value)) {
      cell.value = kept;
      cell.dataset.state = "kept";
      said.textContent = form.dataset.recovered;
    }
    cell.addEventListener("change", function () { enqueue(cell); });
    cell.addEventListener("input", function () { keep(cell); });
  });
  window.addEventListener("online", function () {
    cells.forEach(function (cell) { if (cell.dataset.state === "kept") enqueue(cell); });
  });
  // The whole form goes with its own button; only what the server then shows is forgotten here.
  form.addEventListener("submit", function () { cells.forEach(keep); });
  cells.forEach(function (cell) { if (cell.value === cell.dataset.before && !cell.dataset.state) forget(cell); });
})();
