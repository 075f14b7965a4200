// What every chart here shares: colours of the theme, a title with unit, source and date, drawing again when things change.
window.yizhenDrawing = function (id, options) {
  "use strict";
  var box = document.getElementById(id);
  var data = document.getElementById("chart");
  if (!box || !data || !window.echarts) return;
  var it = JSON.parse(data.textContent);
  var root = document.documentElement;
  var chart = null;

  function colour(name, otherwise) {
    return getComputedStyle(root).getPropertyValue(name).trim() || otherwise;
  }

  function wrapped(text, size, ink) {
    return { text: text, textStyle: { width: box.clientWidth - 60, overflow: "break", fontSize: size, lineHeight: Math.round(size * 1.4), color: ink } };
  }

  function look() {
    return {
      ink: colour("--ink", "#1d2733"), quiet: colour("--quiet", "#5b6776"), line: colour("--line", "#dfe3e8"),
      accent: colour("--accent", "#9e2a1f"), card: colour("--card", "#fff"),
      city: root.getAttribute("data-bs-theme") === "dark" ? "#8bbbe6" : "#26547c",
      font: getComputedStyle(document.body).fontFamily, narrow: box.clientWidth < 420
    };
  }

  function common(style) {
    var words = it.words;
    var title = wrapped(it.title, 14, style.ink);
    var small = wrapped(words.unit + ": " + it.unit + " · " + words.source + ": " + it.source + " · " + words.date + ": " + it.date, 12, style.quiet);
    return {
      animation: false,
      textStyle: { fontFamily: style.font },
      backgroundColor: style.card,
      title: { text: title.text, subtext: small.text, textStyle: title.textStyle, subtextStyle: small.textStyle, left: 0, top: 0, itemGap: 4 },
      toolbox: { right: 0, top: 0, iconStyle: { borderColor: style.quiet }, feature: { saveAsImage: { title: "PNG", name: it.title, pixelRatio: 2, excludeComponents: ["toolbox"] } } }
    };
  }

  function draw() {
    if (!chart) chart = window.echarts.init(box, null, { renderer: "canvas" });
    else chart.resize();
    var style = look();
    chart.setOption(Object.assign(common(style), options(it, style)), true);
  }

  draw();
  var waiting = 0;
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(draw, 150);
  });
  new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme", "class"] });
};
