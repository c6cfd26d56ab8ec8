// The two charts of the KPI dashboard; their numbers stand in the page as JSON.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const source = document.getElementById("kpi-data");
  if (!source) return;
  const data = JSON.parse(source.textContent);

  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  const options = (unit, percent) => ({
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: "index", intersect: false },
    scales: {
      x: {
        grid: { display: false },
        ticks: { color: colour("--ink-faint"), maxRotation: 0, autoSkipPadding: 16 },
      },
      y: {
        min: 0,
        max: percent ? 100 : undefined,
        title: { display: true, text: unit, color: colour("--ink-faint") },
        grid: { color: colour("--line") },
        ticks: { color: colour("--ink-faint"), precision: 0 },
      },
    },
    plugins: { legend: { labels: { color: colour("--ink-soft"), boxWidth: 14 } } },
  });

  const line = ([label, values], name, dash) => ({
    label,
    data: values,
    borderColor: colour(name),
    backgroundColor: colour(name),
    borderWidth: 2,
    borderDash: dash,
    pointRadius: values.length > 60 ? 0 : 2,
    spanGaps: true,
    tension: 0,
  });
  const bars = ([label, values], name) => ({
    label,
    data: values,
    backgroundColor: colour(name),
  });

  const draw = () => [
    new Chart(document.getElementById("kpi-trend"), {
      type: "line",
      data: {
        labels: data.labels,
        datasets: [line(data.this_season, "--accent", []), line(data.last_season, "--ink-faint", [4, 4])],
      },
      options: options(data.unit, data.percent),
    }),
    new Chart(document.getElementById("kpi-flow"), {
      type: "bar",
      data: {
        labels: data.labels,
        datasets: [bars(data.received, "--line-strong"), bars(data.solved, "--accent")],
      },
      options: options("", false),
    }),
  ];

  let charts = draw();
  // Colours are read when drawn: another theme, another drawing.
  new MutationObserver(() => {
    charts.forEach((chart) => chart.destroy());
    charts = draw();
  }).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
});
