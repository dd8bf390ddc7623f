// A carrier: takes binds and submits, brings messages from handsets, tells receipts.
// `node carrier.js PORT`; JSON lines on standard input and output:
//   in   {"deliver": {"from", "to", "text"}}   {"failNext": {"state", "error"}}
//   out  {"listening"}  {"bound": mode}  {"submitted": {"to", "text"}}  {"heard": command_status}
'use strict';
const readline = require('node:readline');
const smpp = require('smpp');

const UCS2 = 0x08;
const WITH_HEADER = 0x40; // esm_class: the text begins with a user data header
const IS_RECEIPT = 0x04;
const PART = 66; // characters of a part with its header
const RECEIPT_AFTER = 100; // milliseconds

let session = null;
let fate = { state: 'DELIVRD', error: '000' };
let messages = 0;
let references = 0;

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

function bring(pdu) {
  session.deliver_sm(pdu, (answer) => tell({ heard: answer.command_status }));
}

function deliver({ from, to, text }) {
  const about = { source_addr: from, destination_addr: to, data_coding: UCS2 };
  if (text.length <= 70) return bring({ ...about, short_message: { message: text } });
  references = (references + 1) % 256;
  const total = Math.ceil(text.length / PART);
  for (let part = 0; part < total; part += 1) {
    const udh = Buffer.from([5, 0, 3, references, total, part + 1]);
    const message = text.slice(part * PART, (part + 1) * PART);
    bring({ ...about, esm_class: WITH_HEADER, short_message: { udh, message } });
  }
}

function submit(pdu) {
  messages += 1;
  const id = messages.toString(16).padStart(8, '0');
  session.send(pdu.response({ message_id: id }));
  tell({ submitted: { to: pdu.destination_addr, text: pdu.short_message.message } });
  if (!(pdu.registered_delivery & 1)) return;
  const { state, error } = fate;
  fate = { state: 'DELIVRD', error: '000' };
  const message =
    `id:${id} sub:001 dlvrd:001 submit date:2603021200 done date:2603021200 ` +
    `stat:${state} err:${error} text:`;
  const receipt = {
    source_addr: pdu.destination_addr,
    destination_addr: pdu.source_addr,
    esm_class: IS_RECEIPT,
    short_message: { message },
  };
  setTimeout(() => bring(receipt), RECEIPT_AFTER);
}

const server = smpp.createServer((opened) => {
  session = opened;
  for (const mode of ['bind_transceiver', 'bind_receiver', 'bind_transmitter']) {
    opened.on(mode, (pdu) => {
      const known = pdu.system_id === 'huiying' && pdu.password === 'secret';
      opened.send(pdu.response(known ? { system_id: 'carrier' } : { command_status: 0x0e }));
      if (known) tell({ bound: mode });
    });
  }
  opened.on('submit_sm', submit);
  for (const asked of ['enquire_link', 'unbind']) {
    opened.on(asked, (pdu) => opened.send(pdu.response()));
  }
  opened.on('error', () => opened.close());
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => tell({ listening: true }));

const ask = { deliver, failNext: (next) => { fate = next; } };
readline.createInterface({ input: process.stdin }).on('line', (line) => {
  for (const [what, told] of Object.entries(JSON.parse(line))) ask[what](told);
}).on('close', () => process.exit(0));
