// The pages' way to the API: cookie and CSRF token, one place for every "no".
const page = document.body.dataset;

export class Problem extends Error {
  constructor(details) {
    super(details.detail);
    this.details = details;
  }
}

export async function call(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        // The API answers in the page's language, not in the browser's.
        "Accept-Language": document.documentElement.lang,
        "X-CSRFToken": document.querySelector('meta[name="csrf"]').content,
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem({ status: 0, code: "offline", detail: page.offline });
  }
  if (answer.status === 204) return null;
  const content = await answer.json().catch(() => ({ status: answer.status, code: "error", detail: page.offline }));
  if (answer.ok) return content;
  if (answer.status === 401) {
    sessionStorage.setItem("next", location.pathname);
    location.replace(page.signIn);
    await new Promise(() => {});
  }
  throw new Problem(content);
}

// Shows what went wrong where a person looks first; a field's own sentence says more.
export function complain(problem) {
  const notice = document.getElementById("notice");
  const first = problem.details?.errors?.[0]?.detail;
  notice.textContent = first || problem.message || page.offline;
  notice.hidden = false;
  notice.scrollIntoView({ block: "nearest" });
}

export function calm() {
  document.getElementById("notice").hidden = true;
}

// Runs a button's work once at a time.
export async function busily(button, work) {
  if (button.disabled) return;
  button.disabled = true;
  calm();
  try {
    await work();
  } catch (problem) {
    complain(problem);
  } finally {
    button.disabled = false;
  }
}

export function yuan(fen) {
  const whole = Math.floor(Math.abs(fen) / 100).toLocaleString("en-US");
  return `${fen < 0 ? "-" : ""}${whole}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
}

// A copy of <template id>, and a way to its [data-field] parts.
export function copy(id) {
  const node = document.getElementById(id).content.firstElementChild.cloneNode(true);
  return [node, (name) => node.querySelector(`[data-field="${name}"]`)];
}

// Fills the list `key` of the page, and of the API, a page at a time; `show` returns a row's card.
export async function fill(key, show, number = 1) {
  const list = document.getElementById(key);
  const more = document.getElementById("more");
  try {
    const answer = await call("GET", `/${key}?page=${number}`);
    list.append(...answer[key].map(show));
    document.getElementById("nothing").hidden = list.children.length > 0;
    more.hidden = answer.next_page === null;
    more.onclick = () => fill(key, show, answer.next_page);
  } catch (problem) {
    complain(problem);
  }
  list.removeAttribute("aria-busy");
}

document.getElementById("sign-out")?.addEventListener("click", (event) =>
  busily(event.currentTarget, async () => {
    await call("DELETE", "/sign-in");
    location.assign(page.signIn);
  }),
);
