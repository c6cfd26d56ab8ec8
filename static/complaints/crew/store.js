// What the phone keeps until the office has confirmed it: steps with their photos in IndexedDB,
// words as they are typed in localStorage.
const NAME = "crew";
const STORE = "steps";
let opened;

function base() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

async function run(mode, work) {
  const kept = await base();
  return new Promise((resolve, reject) => {
    const deal = kept.transaction(STORE, mode);
    const asked = work(deal.objectStore(STORE));
    deal.oncomplete = () => resolve(asked.result);
    deal.onerror = () => reject(deal.error);
    deal.onabort = () => reject(deal.error);
  });
}

export const steps = {
  all: () => run("readonly", (store) => store.getAll()),
  put: (step) => run("readwrite", (store) => store.put(step)),
  remove: (id) => run("readwrite", (store) => store.delete(id)),
};

// Words of one person about one visit.
export function drafts(...names) {
  const prefix = `crew:${names.join(":")}:`;
  return {
    read(name) {
      try {
        return JSON.parse(localStorage.getItem(prefix + name));
      } catch {
        return null;
      }
    },
    write: (name, value) => localStorage.setItem(prefix + name, JSON.stringify(value)),
    forget: (name) => localStorage.removeItem(prefix + name),
    forgetAll() {
      for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
    },
  };
}
