"use strict";
// One row of metadata per moment: the picture that is shown decides which row is drawn, so overlay and map are never of another moment.
const data = JSON.parse(document.getElementById("data").textContent);
const [video, overlay, map, timeline] = ["video", "overlay", "map", "timeline"].map((id) => document.getElementById(id));
const radians = Math.PI / 180;
const known = data.rows.filter((row) => row.corners);
const origin = known.length ? known[0].centre : [0, 0];
const metres = ([lon, lat]) => [(lon - origin[0]) * 111320 * Math.cos(origin[1] * radians), (lat - origin[1]) * 110700];
const everything = known.flatMap((row) => row.corners.map(metres));
const low = [0, 1].map((axis) => Math.min(...everything.map((at) => at[axis])));
const high = [0, 1].map((axis) => Math.max(...everything.map((at) => at[axis])));
let now = 0;
document.querySelector(".map").hidden = !known.length;

// Until the browser knows how long the video is, the last row tells.
const lasting = () => (Number.isFinite(video.duration) ? video.duration : data.rows[data.rows.length - 1].t || 1);

function rowAt(seconds) {
  let best = 0;
  for (let number = 1; number < data.rows.length; number++)
    if (Math.abs(data.rows[number].t - seconds) < Math.abs(data.rows[best].t - seconds)) best = number;
  return best;
}

function sized(canvas) {
  const box = canvas.getBoundingClientRect();
  [canvas.width, canvas.height] = [Math.max(1, Math.round(box.width)), Math.max(1, Math.round(box.height))];
  return canvas.getContext("2d");
}

function drawMap(row) {
  const pen = sized(map), margin = 24;
  const scale = Math.min((map.width - 2 * margin) / (high[0] - low[0] || 1), (map.height - 2 * margin) / (high[1] - low[1] || 1));
  const at = (place) => { const [x, y] = metres(place); return [margin + (x - low[0]) * scale, map.height - margin - (y - low[1]) * scale]; };
  pen.strokeStyle = "#55616b";
  pen.beginPath();
  known.forEach((one, number) => (number ? pen.lineTo(...at(one.centre)) : pen.moveTo(...at(one.centre))));
  pen.stroke();
  if (row.corners) {
    pen.strokeStyle = "#f0a202"; pen.fillStyle = "rgba(240,162,2,.2)"; pen.lineWidth = 2;
    pen.beginPath(); row.corners.forEach((corner, number) => (number ? pen.lineTo(...at(corner)) : pen.moveTo(...at(corner))));
    pen.closePath(); pen.fill(); pen.stroke();
    pen.fillStyle = "#56b4e9"; pen.beginPath(); pen.arc(...at(row.centre), 4, 0, 7); pen.fill();
  }
  const ten = 10 ** Math.floor(Math.log10(100 / scale)), bar = ten * [5, 2, 1].find((times) => times * ten * scale <= 100);
  pen.fillStyle = "#e8eaec"; pen.fillRect(margin, map.height - 10, bar * scale, 2);
  pen.fillText(`${bar} m`, margin + bar * scale + 4, map.height - 7);
  pen.fillText("N ↑", map.width - 30, 16);
}

function drawOverlay(row) {
  const pen = sized(overlay), ratio = data.width / data.height;
  const wide = Math.min(overlay.width, overlay.height * ratio), tall = wide / ratio;
  const place = (column, line) => [(overlay.width - wide) / 2 + (column / data.width) * wide, (overlay.height - tall) / 2 + (line / data.height) * tall];
  pen.strokeStyle = "#56b4e9";
  const [x, y] = place(data.width / 2, data.height / 2);
  pen.beginPath();
  if (row.corners) { pen.moveTo(x - 12, y); pen.lineTo(x + 12, y); pen.moveTo(x, y - 12); pen.lineTo(x, y + 12); }
  pen.stroke();
  pen.strokeStyle = pen.fillStyle = "#ffd36b";
  for (const target of row.targets) {
    const [left, top] = place(target.column - 0.5, target.row - 0.5);
    pen.strokeRect(left - 9, top - 9, 18, 18);
    pen.fillText(target.id, left + 12, top + 4);
  }
}

function drawTimeline() {
  const pen = sized(timeline), last = lasting();
  pen.fillStyle = "#56b4e9";
  for (const one of data.rows) pen.fillRect((one.t / last) * timeline.width, one.targets.length ? 4 : 24, 1, one.targets.length ? 28 : 8);
  pen.fillStyle = "#f0a202"; pen.fillRect((now / last) * timeline.width - 1, 0, 3, timeline.height);
}

function tell(row) {
  const list = document.getElementById("now");
  list.replaceChildren(...Object.entries(row.told).flatMap(([name, value]) => ["dt", "dd"].map((kind, number) => {
    const cell = document.createElement(kind);
    cell.textContent = [name, value][number];
    return cell;
  })));
}

function show(seconds) {
  now = seconds;
  const shown = rowAt(seconds), row = data.rows[shown];
  if (known.length) drawMap(row);
  drawOverlay(row); drawTimeline(); tell(row);
  document.body.dataset.row = shown;
  document.body.dataset.seconds = seconds;
}

function follow(_, frame) { show(frame.mediaTime); video.requestVideoFrameCallback(follow); }
function step(frames) { video.pause(); video.currentTime = Math.max(0, video.currentTime + frames / data.rate); }

video.requestVideoFrameCallback(follow);
// Beside what plays, browsers sometimes show the picture sought without that call.
video.onseeked = () => {
  const ahead = (video.currentTime - now) * data.rate;
  if (video.paused && !(ahead >= 0 && ahead < 0.99)) show(Math.floor(video.currentTime * data.rate + 0.01) / data.rate);
};
document.getElementById("play").onclick = () => (video.paused ? video.play() : video.pause());
document.getElementById("back").onclick = () => step(-1);
document.getElementById("on").onclick = () => step(1);
timeline.onclick = (event) => { video.currentTime = (event.offsetX / timeline.width) * lasting(); };
video.onloadedmetadata = video.ondurationchange = () => drawTimeline();
addEventListener("resize", () => show(now));
show(0);
