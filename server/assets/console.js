// The console comes alive: clocks tick, pages refresh by themselves, a P0 is heard, keys work.
// Every page works without this file; nothing here decides or formats what the server could.
const { body } = document;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);

// ---- Clocks: the server's now plus what passed since, whatever this computer's clock says ----
let [serverNow, loadedAt] = [Number(body.dataset.now), performance.now()];
const fill = (words, values) => words.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
function waited(seconds, fine) {
  const unit = (name, n) => fill(body.dataset[name], { n });
  const joined = (large, small, n) => (n ? fill(body.dataset.joined, { large, small }) : large);
  const [minutes, hours, days] = [60, 3600, 86400].map((length) => Math.floor(seconds / length));
  if (minutes < 1) return unit("seconds", seconds);
  if (hours < 1) return joined(unit("minutes", minutes), unit("seconds", seconds % 60), fine ? seconds % 60 : 0);
  if (days < 1) return joined(unit("hours", hours), unit("minutes", minutes % 60), minutes % 60);
  return joined(unit("days", days), unit("hours", hours % 24), days < 7 ? hours % 24 : 0);
}
function tick() {
  const now = serverNow + Math.floor((performance.now() - loadedAt) / 1000);
  for (const clock of all("time[data-since]")) {
    const text = waited(Math.max(0, now - Number(clock.dataset.since)), "fine" in clock.dataset);
    if (clock.textContent !== text) clock.textContent = text;
  }
}
setInterval(tick, 1000);

// ---- Refresh: fetch the page again, swap the parts that changed, keep focus and typed text ----
let [fetching, again, timer] = [false, null, 0];
// What a part says, without its running clocks: those alone are no reason to swap.
function gist(part) {
  const copy = part.cloneNode(true);
  for (const clock of all("time[data-since]", copy)) clock.textContent = "";
  for (const button of all("[data-sound], [data-quiet]", copy)) button.remove();
  for (const name of ["data-ringing", "data-refresh"]) copy.removeAttribute(name);
  return copy.outerHTML.replace(/>\s+</g, "><");
}
function swap(page) {
  const badge = one("#alarm")?.dataset.badge ?? "";
  for (const old of all("[data-live]")) {
    const fresh = page.getElementById(old.id);
    if (!fresh || gist(fresh) === gist(old)) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
    old.replaceWith(document.importNode(fresh, true));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (fresh.id === "alarm") ring();
  }
  const title = document.title.startsWith(badge) ? document.title.slice(badge.length) : document.title;
  document.title = (one("#alarm")?.dataset.badge ?? "") + title;
}
async function refresh(url) {
  if (fetching) { again = again === body.dataset.from ? again : url; return; }
  fetching = true;
  try {
    const answer = await fetch(url, { headers: { "X-Live": "1" }, credentials: "same-origin" });
    const out = new URL(answer.url).pathname === "/login";
    if (out && !typed()) location.reload();
    if (answer.ok && !out) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      [serverNow, loadedAt] = [Number(page.body.dataset.now), performance.now()];
      swap(page);
      dress();
    }
  } catch { /* Offline for a moment: the event stream will say when to try again. */ }
  // At most once a second, however much happens.
  setTimeout(() => {
    const next = again;
    [fetching, again] = [false, null];
    if (next) refresh(next);
  }, 1000);
}
function plan() {
  clearTimeout(timer);
  const seconds = Number(one("[data-refresh]")?.dataset.refresh);
  if (seconds > 0) timer = setTimeout(() => refresh(body.dataset.from), seconds * 1000 + 500);
}

// ---- Events: one tab listens for all, since a browser allows six connections to a server ----
let [lost, channel] = [false, "BroadcastChannel" in window ? new BroadcastChannel("console") : null];
function heard({ online, about }) {
  if (online !== undefined) {
    const [lamp, words] = [one(".live"), one(".live [data-on]")];
    [lamp.hidden, lamp.dataset.state] = [false, online ? "on" : "off"];
    words.textContent = lamp.title = words.dataset[lamp.dataset.state];
  }
  if (about === undefined) return;
  const mine = body.dataset.about === "*" || about === "*" || about === body.dataset.about;
  refresh(mine && body.dataset.about ? body.dataset.from : "/help");
}
function listen() {
  const source = new EventSource(body.dataset.events);
  const pass = (news) => { heard(news); channel?.postMessage(news); };
  source.onopen = () => { pass(lost ? { online: true, about: "*" } : { online: true }); lost = false; };
  source.onerror = () => {
    lost = true;
    const closed = source.readyState === EventSource.CLOSED;
    pass(closed ? { online: false, about: "" } : { online: false }); // Logged out? A fetched page will tell.
    if (closed) setTimeout(listen, 5000);
  };
  source.addEventListener("changed", (event) => pass({ about: event.data }));
  if (channel) channel.onmessage = ({ data }) => data === "hello" && channel.postMessage({ online: source.readyState === 1 });
}
if (body.dataset.events) {
  if (channel) channel.onmessage = ({ data }) => data !== "hello" && heard(data);
  channel?.postMessage("hello");
  if (navigator.locks && channel) navigator.locks.request("console-events", () => new Promise(listen));
  else listen();
}

// ---- Alarm: heard until claimed or silenced, in one tab, after the user allowed it ----
let [audio, ringer] = [null, null];
const allowed = () => localStorage.getItem("sound") === "on";
const ringing = () => (one("#alarm")?.dataset.ring ?? "").split(" ").filter(Boolean);
const loud = () => ringing().some((id) => !(localStorage.getItem("quiet") ?? "").split(" ").includes(id));
function chime() {
  for (const [after, pitch] of [[0, 880], [0.2, 660], [0.4, 880]]) {
    const [tone, volume, start] = [audio.createOscillator(), audio.createGain(), audio.currentTime + after];
    tone.frequency.value = pitch;
    // Soft at both ends: a hard edge clicks.
    volume.gain.setValueAtTime(0.0001, start);
    for (const [gain, at] of [[0.3, 0.03], [0.0001, 0.18]]) volume.gain.exponentialRampToValueAtTime(gain, start + at);
    tone.connect(volume).connect(audio.destination);
    tone.start(start);
    tone.stop(start + 0.2);
  }
}
async function wake() {
  if (!allowed() || !("AudioContext" in window)) return;
  audio = audio ?? new AudioContext();
  await audio.resume();
  if (ringer === null && navigator.locks) navigator.locks.request("console-sound", () => new Promise(() => { ringer = true; }));
  ringer = ringer ?? !navigator.locks;
  ring();
}
function ring() {
  const sounding = allowed() && ringer && audio?.state === "running" && loud();
  one("#alarm")?.toggleAttribute("data-ringing", Boolean(sounding));
  if (sounding) chime();
}
function dress() {
  for (const button of all("[data-sound], [data-quiet]")) {
    const words = one("span", button);
    const [pressed, done] = button.dataset.sound ? [allowed(), button.dataset.sound] : [!loud(), button.dataset.quiet];
    button.dataset.words = button.dataset.words ?? words.textContent;
    words.textContent = pressed ? done : button.dataset.words;
    button.setAttribute("aria-pressed", String(pressed));
    button.hidden = !button.dataset.sound && !allowed();
  }
  tick();
  plan();
}
setInterval(ring, 4000);
document.addEventListener("click", () => { if (audio?.state !== "running") wake(); }, { capture: true });
wake();

// ---- Clicks and forms ----
let guard = true;
const typed = () => all("[data-guard] textarea").some((box) => box.value !== box.defaultValue);
document.addEventListener("click", (event) => {
  if (!event.target.closest("#menu")) one("#menu")?.removeAttribute("open");
  if (event.target.closest("[data-sound]")) { localStorage.setItem("sound", allowed() ? "off" : "on"); wake().then(dress); dress(); }
  if (event.target.closest("[data-quiet]")) { localStorage.setItem("quiet", ringing().join(" ")); ring(); dress(); }
  const theme = event.target.closest("[data-set-theme]");
  if (!theme) return;
  event.preventDefault();
  document.documentElement.dataset.theme = theme.value;
  for (const button of all("[data-set-theme]")) button.setAttribute("aria-pressed", String(button === theme));
  const choice = [...new FormData(theme.form), [theme.name, theme.value]];
  fetch(theme.form.action, { method: "POST", body: new URLSearchParams(choice), redirect: "manual" });
});
document.addEventListener("submit", (event) => {
  guard = false;
  setTimeout(() => all("button", event.target).forEach((button) => { button.disabled = true; }), 0);
});
addEventListener("pageshow", () => { guard = true; all("button[disabled]").forEach((button) => { button.disabled = false; }); });
addEventListener("beforeunload", (event) => guard && typed() && event.preventDefault());
document.addEventListener("input", ({ target }) => {
  const [output, n] = [document.getElementById(target.dataset.count ?? ""), [...target.value].length];
  if (output) output.textContent = fill(output.dataset.words, { n, limit: target.dataset.limit });
  output?.classList.toggle("over", n > Number(target.dataset.limit));
});

// ---- Keys ----
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "Escape") { typing?.blur(); one("#menu")?.removeAttribute("open"); return; }
  if (typing || event.ctrlKey || event.altKey || event.metaKey || body.dataset.keys !== "true") return;
  const rows = all("[data-row]");
  const row = document.activeElement.closest("[data-row]");
  const step = { j: 1, k: -1 }[event.key];
  const next = step && rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(row) + step))];
  const goal = next ? one("h2 a", next) : event.key === "r" && one("[data-key=r]");
  if (goal) { event.preventDefault(); goal.focus(); goal.scrollIntoView({ block: "nearest" }); return; }
  const scope = rows.length ? row : document;
  const press = one(`[data-go="${CSS.escape(event.key)}"]`) ?? (scope && one(`button[data-key="${CSS.escape(event.key)}"]`, scope));
  if (press) { event.preventDefault(); press.click(); }
});
dress();
