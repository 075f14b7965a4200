// Draws a park's output, its trend with limits, and the target, from the JSON in #chart into #path. The tables say the same in numbers.
window.yizhenDrawing("path", function (it, style) {
  "use strict";
  var words = it.words, narrow = style.narrow;
  function rounded(value) { return value === null || value === undefined ? "—" : String(Math.round(value * 10) / 10); }
  function limit(name) {
    return { name: words[name], type: "line", data: it[name], symbol: "none", lineStyle: { color: style.city, width: 1.2, type: "dashed" }, itemStyle: { color: style.city } };
  }
  var all = it.values.concat(it.high, [it.target]).filter(function (value) { return value !== null; });
  return {
    aria: { enabled: true, label: { description: it.title + " (" + it.unit + "): " + it.years.map(function (year, i) { return year + " " + rounded(it.values[i] === null ? it.line[i] : it.values[i]); }).join(", ") + "; " + words.target + " " + rounded(it.target) } },
    tooltip: { trigger: "axis", confine: true, valueFormatter: function (value) { return rounded(value) + " " + it.unit; } },
    grid: { left: 8, right: narrow ? 20 : 64, top: narrow ? 100 : 72, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: it.years.map(String), axisLine: { lineStyle: { color: style.line } }, axisLabel: { color: style.quiet, hideOverlap: true } },
    yAxis: { type: "value", min: 0, max: Math.max.apply(null, all) * 1.1, splitNumber: 4, axisLabel: { color: style.quiet, showMaxLabel: false, formatter: rounded }, splitLine: { lineStyle: { color: style.line } } },
    series: [
      limit("low"), limit("high"),
      { name: words.line, type: "line", data: it.line, symbol: "none", lineStyle: { color: style.city, width: 2 }, itemStyle: { color: style.city } },
      {
        name: words.own, type: "line", data: it.values, symbol: "circle", symbolSize: 8, z: 4, lineStyle: { color: style.accent, width: 2.5 }, itemStyle: { color: style.accent },
        label: { show: !narrow || it.years.length < 8, position: "top", color: style.ink, formatter: function (point) { return rounded(point.value); } },
        markLine: { symbol: "none", silent: true, data: [{ yAxis: it.target }], lineStyle: { type: "dotted", color: style.ink, width: 1.5 }, label: { color: style.ink, position: narrow ? "insideStartTop" : "end", formatter: words.target + " " + rounded(it.target) } }
      }
    ]
  };
});
