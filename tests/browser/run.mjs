// Runs the browser tests: against the console in LOIVE_CONSOLE_URL, or, if none
// is given, against a demo hotline that is started for them and thrown away.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const STARTED_WITHIN_MS = 120_000;

// Starts the demo and waits until it says where its console is and who may log in.
function startDemo(program, data) {
  const demo = spawn(program, ["--reports", "24", "--phones", "6", "--data", data], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ready = new Promise((resolve, reject) => {
    let said = "";
    demo.stdout.on("data", (bytes) => {
      said += bytes;
      const url = /^\s*Look at it:\s+(\S+)/m.exec(said)?.[1];
      const [, user, password] = /^\s*Log in:\s+(\S+) \/ (\S+)\s*$/m.exec(said) ?? [];
      if (url && password) resolve({ url, user, password });
    });
    demo.on("error", reject);
    demo.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
    setTimeout(() => reject(new Error(`the demo is not ready:\n${said}`)), STARTED_WITHIN_MS).unref();
  });
  return { demo, ready };
}

function runTests(environment) {
  const script = join(import.meta.dirname, "console.test.mjs");
  const options = { stdio: "inherit", env: { ...process.env, ...environment } };
  const tests = ["--test", "--test-concurrency=1", "--test-reporter=spec", script];
  return spawnSync(process.execPath, tests, options).status ?? 1;
}

async function withDemo(program) {
  const data = mkdtempSync(join(tmpdir(), "loive-browser-"));
  const { demo, ready } = startDemo(program, data);
  try {
    const { url, user, password } = await ready;
    return runTests({
      LOIVE_CONSOLE_URL: url,
      LOIVE_CONSOLE_USER: user,
      LOIVE_CONSOLE_PASSWORD: password,
    });
  } finally {
    const ended = new Promise((resolve) => { demo.exitCode === null ? demo.once("exit", resolve) : resolve(); });
    demo.kill("SIGINT");
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

if (process.env.LOIVE_CONSOLE_URL) {
  process.exitCode = runTests({});
} else if (process.env.LOIVE_DEMO) {
  process.exitCode = await withDemo(process.env.LOIVE_DEMO);
} else {
  console.error("Set LOIVE_CONSOLE_URL, or LOIVE_DEMO to the demo's program: see README.md.");
  process.exitCode = 2;
}
