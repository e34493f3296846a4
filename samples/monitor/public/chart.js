/** A line for each core. */
import * as echarts from 'echarts';

const dark = matchMedia('(prefers-color-scheme: dark)');

/** Makes a chart that says that it is loading until it is shown something. */
export function createChart(element) {
  let chart;
  let option;
  const draw = () => {
    chart?.dispose();
    chart = echarts.init(element, dark.matches ? 'dark' : undefined, { renderer: 'svg' });
    chart.setOption(frame());
    if (option) chart.setOption(option);
    else chart.showLoading({ text: 'Measuring …', ...loadingColours() });
  };
  draw();
  dark.addEventListener('change', draw);
  new ResizeObserver(() => chart.resize()).observe(element);

  return {
    /** @param {{ time: string, cores: number[] }[]} measurements */
    show(measurements) {
      const cores = measurements[0].cores.map((_, core) => measurements.map((each) => each.cores[core]));
      option = {
        xAxis: { data: measurements.map(({ time }) => time) },
        series: cores.map((data, core) => ({
          name: `Core ${core + 1}`,
          type: 'line',
          smooth: 0.2,
          symbolSize: 7,
          data,
        })),
      };
      chart.hideLoading();
      chart.setOption(option);
    },
  };
}

/** What stays the same from one measurement to the next. */
function frame() {
  return {
    aria: { enabled: true },
    animation: false,
    backgroundColor: 'transparent',
    grid: { left: 8, right: 36, top: 48, bottom: 8, containLabel: true },
    legend: { type: 'scroll', top: 8 },
    tooltip: { trigger: 'axis', valueFormatter: (load) => `${load} %` },
    xAxis: { type: 'category', boundaryGap: false, axisLabel: { hideOverlap: true }, data: [] },
    yAxis: { type: 'value', min: 0, max: 100, axisLabel: { formatter: '{value} %' } },
    series: [],
  };
}

function loadingColours() {
  const { color } = getComputedStyle(document.body);
  return { color: dark.matches ? '#93a7ff' : '#3653d8', textColor: color, maskColor: 'transparent' };
}
