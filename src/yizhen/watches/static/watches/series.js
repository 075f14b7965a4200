// Draws a series over time with its levels from the JSON in #chart into #series. The table beside it says the same in numbers.
window.yizhenDrawing("series", function (it, style) {
  "use strict";
  var narrow = style.narrow;
  var values = it.points.map(function (point) { return point[1]; }).concat(it.levels.map(function (level) { return level.value; }));
  var low = Math.min.apply(null, values), high = Math.max.apply(null, values);
  var room = (high - low || Math.abs(high) || 1) * 0.15;
  // Where nothing was read for too long the line is broken: nobody knows what was between.
  var line = [];
  it.points.forEach(function (point, i) {
    if (i && Date.parse(point[0]) - Date.parse(it.points[i - 1][0]) > it.silence) line.push([point[0], null]);
    line.push(point);
  });
  return {
    aria: { enabled: true, label: { description: it.title + " (" + it.unit + ")" } },
    tooltip: { trigger: "axis", confine: true, valueFormatter: function (value) { return value + " " + it.unit; } },
    grid: { left: 8, right: narrow ? 12 : 24, top: narrow ? 92 : 72, bottom: 8, containLabel: true },
    xAxis: { type: "time", axisLine: { lineStyle: { color: style.line } }, axisLabel: { color: style.quiet, hideOverlap: true, formatter: { year: "{yyyy}", month: "{yyyy}-{MM}", day: "{MM}-{dd}", hour: "{HH}:{mm}", minute: "{HH}:{mm}" } } },
    yAxis: { type: "value", min: low >= 0 ? Math.max(0, low - room) : low - room, max: high + room, splitNumber: 4, axisLabel: { color: style.quiet, showMinLabel: false, showMaxLabel: false, formatter: function (value) { return String(Math.round(value * 1000) / 1000); } }, splitLine: { lineStyle: { color: style.line } } },
    series: [{
      name: it.words.own, type: "line", data: line, connectNulls: false, symbol: "circle", symbolSize: it.points.length > 60 ? 3 : 7,
      lineStyle: { color: style.accent, width: 2.5 }, itemStyle: { color: style.accent },
      markLine: {
        symbol: "none", silent: true,
        data: it.levels.map(function (level) {
          return {
            yAxis: level.value,
            lineStyle: { type: level["raise"] ? "solid" : "dashed", color: style.city, width: level["raise"] ? 2 : 1.5 },
            label: { color: style.city, position: "insideStartTop", formatter: level.name + " " + level.value }
          };
        })
      }
    }]
  };
});
