// Alpine's CSP build reads expressions but runs no JavaScript written in them and
// knows no globals. What unfold's templates expect from the page is registered here.
"use strict";

document.addEventListener("alpine:init", () => {
  // Paging links and the change form only need the address, never the window itself.
  const addressOnly = {
    location: {
      get href() { return window.location.href; },
      set href(address) { window.location.assign(address); },
      get pathname() { return window.location.pathname; },
      get search() { return window.location.search; },
      get hash() { return window.location.hash; },
    },
  };

  Alpine.data("theme", (defaultTheme) => ({
    ...theme(defaultTheme),
    window: addressOnly,
    sortRecords,
    moveRecords,
  }));

  Alpine.data("shell", (firstTab) => ({
    activeTab: firstTab ? getCurrentTab() || firstTab : "",
    sidebarMobileOpen: false,
    sidebarDesktopOpen: localStorage.getItem("sidebarDesktopOpen") !== "0",
    init() {
      this.$watch("sidebarDesktopOpen", (open) =>
        localStorage.setItem("sidebarDesktopOpen", open ? "1" : "0")
      );
    },
  }));

  Alpine.data("searchForm", searchForm);
  Alpine.data("searchDropdown", searchDropdown);

  Alpine.data("searchCommand", () => {
    const command = searchCommand();
    const { selectItem } = command;
    // Enter without a chosen line opens the first one; without any line it does nothing.
    command.selectItem = function (...args) {
      if (!this.items || this.items.length === 0) {
        return;
      }
      this.currentIndex = Math.max(this.currentIndex, 1);
      selectItem.apply(this, args);
    };
    return command;
  });

  Alpine.data("arrayField", () => ({
    items: [],
    addItem() {
      this.items.push({ key: Date.now() });
    },
    nameLikeTheFirst(row) {
      const input = row.querySelector("input");
      if (input.name.includes("__prefix__")) {
        input.name = row.parentElement.querySelector("input").name;
      }
    },
  }));

  // Conditional fields: unfold keeps a select2 and its Alpine value together by an
  // inline script in x-init; the same tie is made here.
  document.querySelectorAll("select[x-init*='django.jQuery']").forEach((select) => {
    const field = select.getAttribute("x-model.fill");
    select.removeAttribute("x-init");
    window.addEventListener("load", () => {
      django.jQuery(select).on("change", () => {
        Alpine.$data(select)[field] = django.jQuery(select).val();
      });
    });
  });
});
