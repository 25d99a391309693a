// Opens pages in headless Chromium and says what it saw, as JSON: console errors, requests, axe's findings, and more.
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [executablePath, ...jobs] = process.argv.slice(2);
const axe = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const QUIET = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

const browser = await chromium.launch({ executablePath, args: QUIET });

async function opened({ file, size = "desktop", scheme = "light", script = true, hash = "" }, look) {
  const context = await browser.newContext({ viewport: SIZES[size], colorScheme: scheme, javaScriptEnabled: script });
  const page = await context.newPage();
  const errors = [];
  const requests = [];
  page.on("console", (message) => { if (message.type() === "error") errors.push(message.text()); });
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("request", (request) => { if (!request.url().startsWith("file:")) requests.push(request.url()); });
  await page.goto(`file://${file}${hash}`);
  const seen = await look(page);
  await context.close();
  return { errors, requests, ...seen };
}

const shown = (page) => page.$$eval(".check:not([hidden])", (found) => found.map((each) => each.id));

const LOOKS = {
  // What axe complains of, and whether anything is wider than the page.
  accessible: async (page) => {
    const outside = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await page.context().newCDPSession(page).then((cdp) => cdp.send("Page.setBypassCSP", { enabled: true }));
    await page.reload();
    await page.evaluate(() => { for (const each of document.querySelectorAll("details")) each.open = true; });
    await page.addScriptTag({ content: axe });
    const result = await page.evaluate(() => globalThis.axe.run());
    const complaints = result.violations.map((each) => `${each.id}: ${each.nodes[0].html.slice(0, 200)}`);
    return { outside: Math.max(outside, 0), complaints };
  },
  // Search, filters and keys, as hands do it.
  keys: async (page) => {
    const all = await shown(page);
    await page.keyboard.press("/");
    await page.keyboard.type("done-term");
    const searched = await shown(page);
    const hash = await page.evaluate(() => location.hash);
    await page.keyboard.press("Escape");
    const cleared = await shown(page);
    await page.keyboard.press("f");
    const withoutFailures = await shown(page);
    await page.keyboard.press("f");
    await page.keyboard.press("j");
    const first = await page.evaluate(() => document.querySelector(".here").id);
    await page.keyboard.press("o");
    const open = await page.evaluate(() => document.querySelector(".here").open);
    await page.keyboard.press("j");
    const second = await page.evaluate(() => document.querySelector(".here").id);
    await page.keyboard.press("k");
    const back = await page.evaluate(() => document.querySelector(".here").id);
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const before = await ground();
    await page.keyboard.press("t");
    const after = await ground();
    await page.keyboard.press("?");
    const helped = await page.evaluate(() => document.querySelector("dialog").open);
    return { all, searched, hash, cleared, withoutFailures, first, open, second, back, before, after, helped };
  },
  // What an address with a search in it, or an id, shows.
  restored: async (page) => ({
    shown: await shown(page),
    open: await page.$$eval(".check[open]", (found) => found.map((each) => each.id)),
  }),
  // What is there without a script.
  plain: async (page) => ({
    shown: await shown(page),
    tools: await page.$eval(".tools", (tools) => getComputedStyle(tools).display),
  }),
  // From top to bottom: the milliseconds of every frame.
  scrolled: async (page) => ({
    frames: await page.evaluate(async () => {
      const frames = [];
      let last = performance.now();
      const bottom = () => document.documentElement.scrollHeight - innerHeight;
      for (let at = 0; at < bottom() && frames.length < 600; at += 400) {
        scrollTo(0, at);
        const now = await new Promise(requestAnimationFrame);
        frames.push(now - last);
        last = now;
      }
      return frames.slice(1);
    }),
    count: (await shown(page)).length,
  }),
  picture: async (page) => {
    await page.screenshot({ path: process.env.PICTURE, fullPage: true });
    return {};
  },
};

const said = [];
for (const job of jobs.map((each) => JSON.parse(each))) said.push(await opened(job, LOOKS[job.look]));
await browser.close();
console.log(JSON.stringify(said));
