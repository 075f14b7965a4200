// Runs before the first paint: dark mode follows the system, large type is remembered on this machine only.
(function () {
  var root = document.documentElement;
  var dark = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.setAttribute("data-bs-theme", dark ? "dark" : "light");
  try {
    if (localStorage.getItem("large-type") === "1") root.classList.add("large-type");
  } catch (error) { /* storage may be forbidden */ }
})();
