// Opens a document with Automerge's own JavaScript package, says what is in it,
// and writes changes to it as another program would.
//
//   node automerge.mjs <document file> <file of changes, one in hexadecimal a line>
//
// prints one line of JSON: what stands at the keys, and changes in hexadecimal.
// LOIVE_NODE_MODULES names the folder in which `npm ci` was run.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.env.LOIVE_NODE_MODULES ?? ".", "package.json"));
const Automerge = require("@automerge/automerge");

const document = Automerge.load(readFileSync(process.argv[2]));

const lines = readFileSync(process.argv[3], "utf8").trim().split("\n");
const [rebuilt] = Automerge.applyChanges(
  Automerge.init(),
  lines.map((line) => new Uint8Array(Buffer.from(line, "hex"))),
);

/** Every value that stands at a key, as text, sorted. */
function standing(key) {
  const conflicts = Automerge.getConflicts(document, key);
  const all = conflicts ? Object.values(conflicts) : [document[key]];
  return all.map((value) => (value instanceof Date ? value.getTime() : value).toString()).sort();
}

/** One change by a fresh actor, as the package would send it. */
function change(edit) {
  const copy = Automerge.clone(document);
  const changed = Automerge.change(copy, { time: 1790000500 }, edit);
  return Buffer.from(Automerge.getLastLocalChange(changed)).toString("hex");
}

const text = (value) => new Automerge.ImmutableString(value);

const changes = {
  // Of our kind.
  edit: change((d) => { d.danger_now = text("no"); d.contact_wanted = true; d.safe_from = 480; }),
  remove: change((d) => { delete d.where_hint; }),
  settle: change((d) => { d.where_hint = text("sau chợ"); }),
  unknown: change((d) => { d.of_a_newer_form = text("mới"); }),
  moment: change((d) => { d.of_a_newer_form = new Date(1790000000000); }),
  nothing: change((d) => { d.of_a_newer_form = null; }),
  twice: change((d) => { d.danger_now = text("no"); d.danger_now = text("yes"); }),
  message: change((d) => { d["message.1790000600-0000abcd"] = text("Em vẫn ổn"); }),
  long: change((d) => { d.suspect_info = text("dài ".repeat(100)); }),
  // Not of our kind.
  object: change((d) => { d.where = { province: "01" }; }),
  list: change((d) => { d.what_type = [text("boat")]; }),
  collaborative: change((d) => { d.suspect_info = "every letter an operation"; }),
  counter: change((d) => { d.how_many = new Automerge.Counter(1); }),
  fraction: change((d) => { d.safe_from = 0.5; }),
  bytes: change((d) => { d.where_hint = new Uint8Array([1, 2, 3]); }),
};

console.log(
  JSON.stringify({
    standing: Object.fromEntries(Object.keys(document).map((key) => [key, standing(key)])),
    heads: Automerge.getHeads(document).sort(),
    rebuilt: Automerge.getHeads(rebuilt).sort(),
    changes,
  }),
);
