// Draws the trend of one figure from the JSON in #chart into #trend. The table beside it says the same in numbers.
window.yizhenDrawing("trend", function (it, style) {
  "use strict";
  var words = it.words, narrow = style.narrow;
  var values = it.city === null ? it.values : it.values.concat([it.city]);
  var low = Math.min.apply(null, values), high = Math.max.apply(null, values);
  var room = (high - low || Math.abs(high) || 1) * 0.2;
  // A scale that does not start at zero is honest in a line; a share never shows less than nothing.
  var floor = low >= 0 ? Math.max(0, low - room) : low - room;
  return {
    aria: { enabled: true, label: { description: it.title + " (" + it.unit + "): " + it.periods.map(function (period, i) { return period + " " + it.values[i]; }).join(", ") + (it.city === null ? "" : "; " + words.city + " " + it.city) } },
    tooltip: { trigger: "axis", confine: true, valueFormatter: function (value) { return value + " " + it.unit; } },
    grid: { left: 8, right: narrow ? 28 : 72, top: narrow ? 92 : 72, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: it.periods, boundaryGap: it.periods.length < 2, axisLine: { lineStyle: { color: style.line } }, axisLabel: { color: style.quiet, hideOverlap: true } },
    yAxis: { type: "value", min: floor, max: high + room, splitNumber: 4, axisLabel: { color: style.quiet, showMinLabel: false, showMaxLabel: false, formatter: function (value) { return String(Math.round(value * 100) / 100); } }, splitLine: { lineStyle: { color: style.line } } },
    series: [{
      name: words.own, type: "line", data: it.values, symbol: "circle", symbolSize: 8,
      lineStyle: { color: style.accent, width: 2.5 }, itemStyle: { color: style.accent },
      label: { show: !narrow || it.values.length < 6, position: "top", color: style.ink, formatter: function (point) { return String(Math.round(point.value * 100) / 100); } },
      markLine: it.city === null ? undefined : {
        symbol: "none", silent: true, data: [{ yAxis: it.city }],
        lineStyle: { type: "dashed", color: style.city, width: 2 },
        label: { color: style.city, position: narrow ? "insideStartTop" : "end", formatter: words.city + " " + Math.round(it.city * 100) / 100 }
      }
    }]
  };
});
