// Shows the order service at work. Everything comes from the same HTTP API and actuator that anybody can call.

const $ = (id) => document.getElementById(id);

/** Make an element: attributes first, then children; text is never taken for markup. */
function el(tag, attributes = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
		else element.setAttribute(name, value);
	}
	element.append(...children.filter((child) => child != null).map((child) => child instanceof Node ? child : String(child)));
	return element;
}

const show = (id, children) => $(id).replaceChildren(...children);
const number = (value, label, tone) => el("div", {}, el("b", {class: tone ?? ""}, value), el("span", {}, label));
const none = (text) => el("p", {class: "hint"}, text);

async function send(method, path, body, headers = {}) {
	const response = await fetch(path, {
		method,
		headers: body === undefined ? headers : {"Content-Type": "application/json", ...headers},
		body: body === undefined ? undefined : JSON.stringify(body)
	});
	const text = await response.text();
	let json;
	try { json = text ? JSON.parse(text) : undefined; } catch { json = undefined; }
	return {status: response.status, ok: response.ok, headers: response.headers, json};
}

/** Read a resource; undefined where there is nothing to read. */
async function read(path) {
	try {
		const reply = await send("GET", path);
		return reply.ok ? reply.json : undefined;
	} catch {
		return undefined;
	}
}

function randomKey() {
	return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Placing orders

function formOrder() {
	const form = new FormData($("place"));
	const quantity = form.get("quantity");
	return {sku: form.get("sku"), quantity: quantity === "" ? null : Number(quantity), email: form.get("email")};
}

function log(tone, text) {
	$("replies").prepend(el("li", {class: tone}, text));
	while ($("replies").children.length > 4) $("replies").lastChild.remove();
}

async function placeOrder(order, key) {
	try {
		const reply = await send("POST", "/orders", order, {"Idempotency-Key": key});
		if (!reply.ok) return log("bad", `${reply.status} ${reply.json?.detail ?? ""}`);
		const replayed = reply.headers.get("Idempotent-Replayed") === "true";
		log(replayed ? "calm" : "good", `${reply.status} Order ${reply.json.id}${replayed ? ", the first reply again" : " placed"}`);
	} catch {
		log("bad", "The service does not answer.");
	}
}

const placing = {
	once: () => placeOrder(formOrder(), randomKey()),
	twice: () => {
		const key = randomKey();
		return Promise.all([placeOrder(formOrder(), key), placeOrder(formOrder(), key)]);
	},
	ten: () => Promise.all(Array.from({length: 10}, () => placeOrder(formOrder(), randomKey()))),
	declined: () => placeOrder({...formOrder(), quantity: 1000000}, randomKey())
};

$("place").addEventListener("submit", (event) => {
	event.preventDefault();
	placing.once().then(refresh);
});
document.querySelectorAll("button[data-place][type=button]").forEach((button) =>
	button.addEventListener("click", () => placing[button.dataset.place]().then(refresh)));

// Asking for prices

const answers = {live: 0, fallback: 0, throttled: 0, failed: 0};

async function askPrice() {
	try {
		const reply = await send("GET", `/prices/${new FormData($("place")).get("sku")}`);
		if (reply.ok) answers[reply.json.source]++;
		else answers[reply.status === 429 ? "throttled" : "failed"]++;
	} catch {
		answers.failed++;
	}
	showAnswers();
}

function showAnswers() {
	show("price", [number(answers.live, "live", "good"), number(answers.fallback, "fallback", "warn"),
		number(answers.throttled, "throttled (429)", "bad"), answers.failed ? number(answers.failed, "failed", "bad") : ""]);
}

document.querySelectorAll("button[data-ask]").forEach((button) => button.addEventListener("click", async () => {
	const times = Number(button.dataset.ask);
	if (times > 10) await Promise.all(Array.from({length: times}, askPrice));
	else for (let time = 0; time < times; time++) await askPrice();
	refresh();
}));

// Simulators

const knobs = [
	{name: "latencyMillis", label: "Latency", max: 5000, step: 50, print: (value) => `${value} ms`},
	{name: "failureRate", label: "Fails", max: 1, step: 0.05, print: (value) => `${Math.round(value * 100)} %`},
	{name: "dropReplyRate", label: "Loses its replies", max: 1, step: 0.05, print: (value) => `${Math.round(value * 100)} %`}
];

const simulators = ["payments", "prices"].map((name) => {
	const sliders = knobs.map((knob) => {
		const input = el("input", {type: "range", min: 0, max: knob.max, step: knob.step, value: 0, onchange: put, oninput: print});
		const output = el("output", {}, knob.print(0));
		function print() { output.textContent = knob.print(Number(input.value)); }
		return {knob, input, print, element: el("label", {class: "slider"}, knob.label, input, output)};
	});
	function put() {
		const behaviour = Object.fromEntries(sliders.map(({knob, input}) => [knob.name, Number(input.value)]));
		return send("PUT", `/simulator/${name}`, behaviour);
	}
	function set(behaviour) {
		sliders.filter(({input}) => document.activeElement !== input).forEach(({knob, input, print}) => {
			input.value = behaviour[knob.name];
			print();
		});
	}
	const preset = (label, behaviour) => el("button", {type: "button", onclick: () => {
		document.activeElement.blur();
		set({latencyMillis: 0, failureRate: 0, dropReplyRate: 0, ...behaviour});
		put();
	}}, label);
	$("simulators").append(el("div", {class: "simulator"},
		el("div", {class: "row"}, el("strong", {}, name === "payments" ? "Payment provider" : "Price service"),
			el("div", {class: "buttons"}, preset("Healthy", {}), preset("Slow", {latencyMillis: 2000}), preset("Down", {failureRate: 1}),
				preset("Mute", {dropReplyRate: 0.5}))),
		...sliders.map(({element}) => element)));
	return {name, set};
});

// Everything that is polled

const tones = {PLACED: "calm", PAID: "warn", CONFIRMED: "good", REJECTED: "bad",
	CLOSED: "good", OPEN: "bad", FORCED_OPEN: "bad", HALF_OPEN: "warn", DISABLED: "calm"};
const pill = (state) => el("span", {class: `pill ${tones[state] ?? ""}`}, state);
const td = (...content) => el("td", {}, ...content);
const emptyRow = (text, columns) => el("tr", {}, el("td", {colspan: columns, class: "faint"}, text));

function showOrders(orders = [], ledger = []) {
	const charges = new Map();
	ledger.forEach((charge) => charges.set(charge.orderId, (charges.get(charge.orderId) ?? 0) + 1));
	$("orders-count").textContent = orders.length ? `${orders.length} newest` : "";
	show("orders", orders.length ? orders.map((order) => el("tr", {}, td(order.id), td(`${order.quantity} × ${order.sku}`),
		td(order.email), td(charges.get(order.id) ?? 0), td(pill(order.status)))) : [emptyRow("No order yet.", 5)]);
}

function showMailbox(mails = []) {
	$("mailbox-count").textContent = mails.length ? mails.length : "";
	show("mailbox", mails.length ? mails.slice(0, 100).map((mail) => el("tr", {title: mail.messageId}, td(mail.to), td(mail.subject),
		td(new Date(mail.receivedAt).toLocaleTimeString()))) : [emptyRow("No e-mail yet.", 3)]);
}

function operateBreaker(name, state) {
	return el("button", {type: "button", onclick: () => send("POST", `/actuator/circuitbreakers/${encodeURIComponent(name)}`,
		state === "FORCED_OPEN" ? {state, duration: "30s"} : {state}).then(refresh)}, state === "CLOSED" ? "Close" : "Open for 30 s");
}

function showBreakers(breakers = {}) {
	show("breakers", Object.entries(breakers).map(([name, breaker]) => el("div", {},
		el("div", {class: "row"}, el("strong", {}, name), pill(breaker.state),
			el("span", {class: "buttons"}, operateBreaker(name, "FORCED_OPEN"), operateBreaker(name, "CLOSED"))),
		el("p", {class: "hint"}, `${Math.round(breaker.failureRate ?? 0)} % of ${breaker.bufferedCalls} calls failed, `
			+ `${breaker.notPermittedCalls} not permitted`),
		el("div", {class: "bar bad"}, el("i", {style: `width:${breaker.failureRate ?? 0}%`})))));
}

function showThrottles(throttles = {}) {
	show("throttles", Object.entries(throttles).map(([name, throttle]) => el("div", {class: "row"}, el("strong", {}, name),
		el("span", {class: "faint"}, `${throttle.rate ?? ""} · ${throttle.permitted} permitted, ${throttle.rejected} rejected`))));
}

function showOutbox(outbox, dead = []) {
	show("outbox", outbox ? [number(outbox.pending, "pending"), number(outbox.scheduled, "waiting for a retry", outbox.scheduled ? "warn" : ""),
		number(outbox.dead, "dead", outbox.dead ? "bad" : "")] : [none("Not available.")]);
	show("handlers", Object.entries(outbox?.handlers ?? {}).map(([name, handler]) => el("tr", {}, td(name), td(handler.delivered),
		td(handler.failed), td(handler.retried), td(handler.dead))));
	const letter = (message) => el("div", {class: "row"},
		el("span", {}, `${message.type} after ${message.attempts} attempts: `, el("span", {class: "faint"}, message.lastError ?? "")),
		el("span", {class: "buttons"},
			el("button", {type: "button", onclick: () => send("POST", `/actuator/outbox/dead/${message.id}`).then(refresh)}, "Redeliver"),
			el("button", {type: "button", onclick: () => send("DELETE", `/actuator/outbox/dead/${message.id}`).then(refresh)}, "Discard")));
	show("dead", dead.length ? dead.map(letter) : [none("None.")]);
}

function showHealth(health) {
	const status = health?.status ?? "no answer";
	$("health").textContent = status;
	$("health").className = `pill ${status === "UP" ? "good" : "bad"}`;
}

function showChains(resilience) {
	show("chains", (resilience?.methods ?? []).map(({method, chain}) => el("div", {}, el("strong", {}, method),
		el("div", {}, el("code", {}, [...chain, "method"].join(" → "))))));
}

async function refresh() {
	const [orders, ledger, mails, breakers, throttles, outbox, dead, health, ...behaviours] = await Promise.all([
		read("/orders?limit=100"), read("/simulator/payments/ledger"), read("/mailbox"), read("/actuator/circuitbreakers"),
		read("/actuator/throttles"), read("/actuator/outbox"), read("/actuator/outbox/dead"), read("/actuator/health"),
		...simulators.map(({name}) => read(`/simulator/${name}`))]);
	showOrders(orders, ledger);
	showMailbox(mails);
	showBreakers(breakers?.circuitBreakers);
	showThrottles(throttles?.throttles);
	showOutbox(outbox, Array.isArray(dead) ? dead : []);
	showHealth(health);
	simulators.forEach(({set}, index) => behaviours[index] && set(behaviours[index]));
}

async function poll() {
	if (!document.hidden) await refresh();
	setTimeout(poll, 1000);
}

showAnswers();
read("/actuator/resilience").then(showChains);
poll();
