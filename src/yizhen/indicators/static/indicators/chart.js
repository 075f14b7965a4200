// Draws the trend of one figure from the JSON in #chart into #trend. The table beside it says the same in numbers.
(function () {
  "use strict";
  var box = document.getElementById("trend");
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

  function options() {
    var ink = colour("--ink", "#1d2733"), quiet = colour("--quiet", "#5b6776"), line = colour("--line", "#dfe3e8");
    var accent = colour("--accent", "#9e2a1f");
    var city = root.getAttribute("data-bs-theme") === "dark" ? "#8bbbe6" : "#26547c";
    var font = getComputedStyle(document.body).fontFamily;
    var narrow = box.clientWidth < 420;
    var title = wrapped(it.title, 14, ink);
    var words = it.words;
    var below = words.unit + ": " + it.unit + " · " + words.source + ": " + it.source + " · " + words.date + ": " + it.date;
    var small = wrapped(below, 12, quiet);
    var values = it.city === null ? it.values : it.values.concat([it.city]);
    var low = Math.min.apply(null, values), high = Math.max.apply(null, values);
    var room = (high - low || Math.abs(high) || 1) * 0.2;
    // A scale that does not start at zero is honest in a line; a share never shows less than nothing.
    var floor = low >= 0 ? Math.max(0, low - room) : low - room;
    return {
      animation: false,
      textStyle: { fontFamily: font },
      backgroundColor: colour("--card", "#fff"),
      aria: { enabled: true, label: { description: it.title + " (" + it.unit + "): " + it.periods.map(function (period, i) { return period + " " + it.values[i]; }).join(", ") + (it.city === null ? "" : "; " + words.city + " " + it.city) } },
      title: { text: title.text, subtext: small.text, textStyle: title.textStyle, subtextStyle: small.textStyle, left: 0, top: 0, itemGap: 4 },
      toolbox: { right: 0, top: 0, iconStyle: { borderColor: quiet }, feature: { saveAsImage: { title: "PNG", name: it.title, pixelRatio: 2, excludeComponents: ["toolbox"] } } },
      tooltip: { trigger: "axis", confine: true, valueFormatter: function (value) { return value + " " + it.unit; } },
      grid: { left: 8, right: narrow ? 28 : 72, top: narrow ? 92 : 72, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: it.periods, boundaryGap: it.periods.length < 2, axisLine: { lineStyle: { color: line } }, axisLabel: { color: quiet, hideOverlap: true } },
      yAxis: { type: "value", min: floor, max: high + room, splitNumber: 4, axisLabel: { color: quiet, showMinLabel: false, showMaxLabel: false, formatter: function (value) { return String(Math.round(value * 100) / 100); } }, splitLine: { lineStyle: { color: line } } },
      series: [{
        name: words.own, type: "line", data: it.values, symbol: "circle", symbolSize: 8,
        lineStyle: { color: accent, width: 2.5 }, itemStyle: { color: accent },
        label: { show: !narrow || it.values.length < 6, position: "top", color: ink, formatter: function (point) { return String(Math.round(point.value * 100) / 100); } },
        markLine: it.city === null ? undefined : {
          symbol: "none", silent: true, data: [{ yAxis: it.city }],
          lineStyle: { type: "dashed", color: city, width: 2 },
          label: { color: city, position: narrow ? "insideStartTop" : "end", formatter: words.city + " " + Math.round(it.city * 100) / 100 }
        }
      }]
    };
  }

  function draw() {
    if (!chart) chart = window.echarts.init(box, null, { renderer: "canvas" });
    else chart.resize();
    chart.setOption(options(), true);
  }

  draw();
  var waiting = 0;
  window.addEventListener("resize", function () {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(draw, 150);
  });
  new MutationObserver(draw).observe(root, { attributes: true, attributeFilter: ["data-bs-theme", "class"] });
})();
