// A counsellor in a real browser. The console must be running and have at least
// one report in its queue; see README.md for the variables.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const need = (name) => process.env[name] ?? assert.fail(`set ${name}: see README.md`);
const base = need("LOIVE_CONSOLE_URL").replace(/\/$/, "");
const [user, password] = [need("LOIVE_CONSOLE_USER"), need("LOIVE_CONSOLE_PASSWORD")];
const shots = process.env.LOIVE_CONSOLE_SHOTS;
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 360, height: 740 };

let browser;
before(async () => {
  if (shots) mkdirSync(shots, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.LOIVE_CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
});
after(() => browser?.close());

// A tab in a browser of its own. Whatever the browser complains about fails the test.
async function open(options = {}) {
  const context = await browser.newContext({ viewport: WIDE, ignoreHTTPSErrors: true, ...options });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (line) => ["error", "warning"].includes(line.type()) && complaints.push(line.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => {
    if (!request.url().startsWith(base)) complaints.push(`a request to ${new URL(request.url()).host}`);
  });
  return { page, complaints, close: () => context.close() };
}

async function logIn(page) {
  await page.goto(`${base}/login`);
  await page.fill("[name=name]", user);
  await page.fill("[name=password]", password);
  await Promise.all([page.waitForURL(`${base}/`), page.click(".door-card button.main")]);
}

async function openFirstReport(page) {
  await page.goto(`${base}/`);
  await page.locator("[data-row] h2 a").first().click();
  await page.waitForSelector("#contact");
  return page.url().split("#")[0];
}

async function shoot(page, name) {
  if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
}

// Serious and critical findings only, in every theme and width they are asked for.
async function assertAccessible(page, where) {
  // Through the debugger, which the page's content security policy does not bind.
  await page.evaluate(axe);
  const { passes, violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
  }));
  const grave = violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  const told = grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" ")}`);
  assert.deepEqual(told, [], where);
  assert.ok(passes.length > 10, `axe looked at ${where}`);
}

async function assertNoSidewaysScroll(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(over <= 0, `${where} is ${over} px too wide`);
}

const onServer = (page) => page.evaluate(() => document.documentElement.lang);

test("a stranger is led to the door, and a wrong password opens nothing", async () => {
  const { page, close } = await open();
  await page.goto(`${base}/`);
  assert.equal(new URL(page.url()).pathname, "/login");
  assert.equal(await onServer(page), "vi");
  await page.fill("[name=name]", `${user}-nobody`);
  await page.fill("[name=password]", "not the password");
  await page.click(".door-card button.main");
  await page.waitForSelector("#problem");
  assert.equal(new URL(page.url()).pathname, "/login");
  await close();
});

test("every page is drawn, complains of nothing and is accessible, in both languages, light and dark, wide and narrow", async () => {
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of [["wide", WIDE], ["narrow", NARROW]]) {
      const { page, complaints, close } = await open({ colorScheme, viewport });
      await page.goto(`${base}/login`);
      await assertAccessible(page, `login ${size} ${colorScheme}`);
      await shoot(page, `login-${size}-${colorScheme}`);
      await logIn(page);
      const report = new URL(await openFirstReport(page)).pathname;
      const pages = { queue: "/", all: "/?show=all", report, find: "/find", quarantine: "/quarantine", help: "/help",
        library: "/library", item: "/library/a01", release: "/library/release",
        proposals: "/library/proposals" };
      for (const lang of ["vi", "en"]) {
        await page.click(`.bar button[value=${lang}]`);
        await page.waitForSelector(`html[lang=${lang}]`);
        for (const [name, path] of Object.entries(pages)) {
          const where = `${name}-${size}-${colorScheme}-${lang}`;
          await page.goto(base + path);
          await page.evaluate(() => document.fonts.ready);
          await assertNoSidewaysScroll(page, where);
          await assertAccessible(page, where);
          await shoot(page, where);
        }
      }
      assert.deepEqual(complaints, [], `${size} ${colorScheme}`);
      await close();
    }
  }
});

test("the fonts are ours and arrive", async () => {
  const { page, close } = await open();
  await page.goto(`${base}/login`);
  const loaded = await page.evaluate(async () => {
    await document.fonts.ready;
    return [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family);
  });
  assert.ok(loaded.some((family) => family.includes("Be Vietnam Pro")), "Be Vietnam Pro is used");
  await close();
});

test("a reply is written under a live page and arrives once", async () => {
  const { page, complaints, close } = await open();
  await logIn(page);
  const report = await openFirstReport(page);
  const words = `Tổng đài đã nhận tin. Mã thử ${Date.now()}`;
  const box = page.locator("#reply-text");
  await page.keyboard.press("r");
  await page.keyboard.type(words);
  assert.equal(await box.inputValue(), words);
  const limit = await box.getAttribute("data-limit");
  assert.match(await page.textContent("#reply-count"), new RegExp(`^${words.length} / ${limit} `));

  // While it is being written, a colleague does something to the report.
  const colleague = await open();
  await logIn(colleague.page);
  await colleague.page.goto(report);
  const reason = `Lý do thử ${Date.now()}`;
  await colleague.page.click("#change-urgency summary");
  await colleague.page.fill("#change-urgency textarea", reason);
  await colleague.page.click("#change-urgency form button");
  await page.locator("#timeline", { hasText: reason }).waitFor({ timeout: 10_000 });
  assert.equal(await box.inputValue(), words, "what was typed is still there");
  assert.ok(await box.evaluate((node) => node === document.activeElement), "and the cursor in it");
  await colleague.close();

  await page.dblclick("#reply button.main");
  await page.waitForURL(`${report}#timeline`);
  await page.waitForSelector(".notice");
  assert.equal(await page.locator("#timeline .said", { hasText: words }).count(), 1);
  assert.deepEqual(complaints, []);
  await close();
});

test("a reply that is too long comes back with every word", async () => {
  const { page, close } = await open();
  await logIn(page);
  await openFirstReport(page);
  const limit = Number(await page.getAttribute("#reply-text", "data-limit"));
  const long = "ạ".repeat(limit + 1);
  await page.fill("#reply-text", long);
  assert.ok(await page.locator("#reply-count.over").isVisible());
  await page.click("#reply button.main");
  await page.waitForSelector("#reply-problem");
  assert.equal(await page.inputValue("#reply-text"), long);
  assert.match(await page.textContent("#reply-problem"), new RegExp(String(limit)));
  await close();
});

test("the queue is worked with the keyboard alone", async () => {
  const { page, close } = await open();
  await logIn(page);
  await page.keyboard.press("Tab");
  assert.ok(await page.locator(".skip").evaluate((node) => node === document.activeElement), "first: skip");
  await page.keyboard.press("Enter");
  await page.keyboard.press("j");
  const first = page.locator("[data-row] h2 a").first();
  assert.ok(await first.evaluate((node) => node === document.activeElement), "j goes to the first");
  assert.notEqual(await first.evaluate((node) => getComputedStyle(node, "::after").outlineStyle), "none");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#contact");
  await page.keyboard.press("q");
  await page.waitForSelector(".queue");
  await page.keyboard.press("Shift+?");
  await page.waitForSelector(".keys");
  await page.keyboard.press("f");
  await page.waitForSelector("[name=first]");
  await page.keyboard.type("q");
  assert.equal(await page.inputValue("[name=first]"), "q", "keys typed into a box are text");
  await close();
});

test("a critical report is seen and heard until it is claimed", async () => {
  const { page, close } = await open();
  await logIn(page);
  await page.goto(`${base}/?show=unclaimed`);
  await page.locator("[data-row] h2 a").first().click();
  await page.waitForSelector("#contact");
  const href = new URL(page.url()).pathname;
  await page.click("#change-urgency summary");
  await page.selectOption("#change-urgency select", "p0");
  await page.fill("#change-urgency textarea", "Thử tiếng báo");
  await page.click("#change-urgency form button");
  await page.waitForSelector(".notice");
  await page.goto(`${base}/help`);
  const inBand = page.locator(`#alarm a[href="${href}"]`);
  assert.ok((await inBand.count()) > 0 || (await page.locator("#alarm li").count()) > 5, "it is in the band");
  assert.match(await page.title(), /^\(\d+ P0\) /);

  assert.equal(await page.locator("#alarm[data-ringing]").count(), 0, "silent before it is allowed");
  await page.click("#alarm-sound");
  await page.waitForSelector("#alarm[data-ringing]", { state: "attached", timeout: 10_000 });
  await page.click("#alarm-quiet");
  await page.waitForSelector("#alarm:not([data-ringing])", { state: "attached" });

  const claimed = await open();
  await logIn(claimed.page);
  await claimed.page.goto(base + href);
  await claimed.page.keyboard.press("c");
  await claimed.page.waitForSelector(".notice");
  await inBand.waitFor({ state: "detached", timeout: 10_000 });
  await claimed.page.click("#do-release");
  await claimed.page.waitForSelector("#do-claim");
  await claimed.close();
  await close();
});

test("the look is switched by hand, at once and for good", async () => {
  const { page, close } = await open({ colorScheme: "light" });
  await logIn(page);
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await paper();
  await page.click("#menu summary");
  const kept = page.waitForResponse((response) => response.url().endsWith("/preferences"));
  await page.click("[data-set-theme=dark]");
  const dark = await paper();
  assert.notEqual(dark, light);
  await kept;
  await page.reload();
  assert.equal(await paper(), dark);
  await close();
});

test("the clocks tick by the server's time, whatever this computer's clock says", async () => {
  const { page, close } = await open();
  await page.clock.install({ time: new Date("2001-01-01T00:00:00Z") });
  await logIn(page);
  const clock = page.locator(".row-clocks time").first();
  const drawn = await clock.getAttribute("data-since");
  const now = await page.evaluate(() => Number(document.body.dataset.now));
  assert.ok(now - Number(drawn) < 366 * 86_400, "the server's now is drawn");
  const before = await clock.textContent();
  await page.clock.fastForward(3 * 86_400_000);
  const later = await clock.textContent();
  assert.notEqual(later, before);
  assert.match(later, /ngày|d/);
  await close();
});

test("without JavaScript a report is found, claimed and answered", async () => {
  const { page, close } = await open({ javaScriptEnabled: false });
  await logIn(page);
  await page.goto(`${base}/?show=unclaimed`);
  const free = page.locator("[data-row] h2 a").first();
  if (await free.count()) {
    await free.click();
    await page.locator("#do-claim").click();
    assert.ok(await page.locator(".notice").isVisible());
    await page.locator("#do-release").click();
  } else {
    await page.goto(`${base}/?show=all`);
    await free.click();
  }
  const words = `Không cần JavaScript ${Date.now()}`;
  await page.fill("#reply-text", words);
  await page.click("#reply button.main");
  assert.equal(await page.locator("#timeline .said", { hasText: words }).count(), 1);
  assert.ok(await page.locator("#timeline time").first().isVisible());
  await close();
});
