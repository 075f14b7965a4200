// Draws rates against what they are counted from, with the limits of chance, from the JSON in #chart into #funnel.
window.yizhenDrawing("funnel", function (it, style) {
  "use strict";
  var words = it.words, narrow = style.narrow;
  function rounded(value) { return String(Math.round(value * 100) / 100); }
  function limit(name, type) {
    return { type: "line", data: it.lines[name], showSymbol: false, silent: true, smooth: false, connectNulls: false, lineStyle: { color: style.quiet, width: 1.2, type: type }, z: 1 };
  }
  function points(far) {
    return it.points.filter(function (point) { return point.far === far; }).map(function (point) {
      return { name: point.name, value: [point.base, point.value] };
    });
  }
  return {
    aria: { enabled: true, label: { description: it.title + " (" + it.unit + "): " + it.points.map(function (point) { return point.name + " " + rounded(point.value); }).join(", ") } },
    tooltip: { trigger: "item", confine: true, formatter: function (point) { return point.name + "<br>" + rounded(point.value[1]) + " " + it.unit + "<br>" + words.base + " " + point.value[0].toLocaleString(); } },
    grid: { left: 8, right: 20, top: narrow ? 96 : 72, bottom: narrow ? 68 : 56, containLabel: true },
    xAxis: { type: "log", min: it.lines.act_high[0][0], max: it.lines.act_high[it.lines.act_high.length - 1][0], name: words.base, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: style.quiet }, axisLine: { lineStyle: { color: style.line } }, axisLabel: { color: style.quiet, hideOverlap: true, showMinLabel: true, showMaxLabel: true, formatter: function (value) { return Math.round(value).toLocaleString(); } }, splitLine: { show: false } },
    yAxis: { type: "value", scale: true, axisLabel: { color: style.quiet, formatter: rounded }, splitLine: { lineStyle: { color: style.line } } },
    legend: { show: false },
    graphic: [{ type: "text", left: 8, bottom: 6, style: { text: words.warn + (narrow ? "\n" : " · ") + words.act, fill: style.quiet, font: "12px " + style.font } }],
    series: [
      limit("warn_low", "dashed"), limit("warn_high", "dashed"), limit("act_low", "solid"), limit("act_high", "solid"),
      { type: "scatter", data: points(false), symbol: "circle", symbolSize: 10, itemStyle: { color: style.city }, z: 3,
        markLine: { symbol: "none", silent: true, data: [{ yAxis: it.average }], lineStyle: { color: style.city, type: "dotted", width: 1.5 }, label: { color: style.city, position: "insideStartTop", formatter: words.average + " " + rounded(it.average) } } },
      { type: "scatter", data: points(true), symbol: "diamond", symbolSize: 14, itemStyle: { color: style.accent }, z: 4,
        label: { show: true, position: "top", color: style.ink, formatter: "{b}" } }
    ]
  };
});
