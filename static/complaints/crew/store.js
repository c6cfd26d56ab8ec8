// What the phone keeps until the office has confirmed it: steps with their photos in IndexedDB,
// words as they are typed in localStorage.
import { openDB } from "../../idb/idb.js";

const STORE = "steps";
let opened;

// Opened at the first use: importing this file touches nothing on the phone.
function base() {
  opened ??= openDB("crew", 1, {
    upgrade: (database) => database.createObjectStore(STORE, { keyPath: "id", autoIncrement: true }),
  });
  return opened;
}

export const steps = {
  all: async () => (await base()).getAll(STORE),
  put: async (step) => (await base()).put(STORE, step),
  remove: async (id) => (await base()).delete(STORE, id),
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
