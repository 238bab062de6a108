// A worker that ticks every 25 ms: timers of workers keep time where those of a hidden page do not.

const TICK = 25; // ms
let timer = 0;

self.onmessage = ({ data }) => {
  clearInterval(timer);
  if (data === "start") timer = setInterval(() => self.postMessage(0), TICK);
};
