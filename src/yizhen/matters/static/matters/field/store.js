// What is kept on this phone: drafts and photographs by account, and what each account may report. A promise is kept once
// the disk has it ("strict"): a battery that dies a moment later takes nothing along.
var FieldStore = (function () {
  "use strict";
  var opened = null;

  function open() {
    if (opened) return opened;
    opened = new Promise(function (resolve, reject) {
      var asked = indexedDB.open("yizhen-field", 1);
      asked.onupgradeneeded = function () {
        var base = asked.result;
        base.createObjectStore("drafts", { keyPath: "id" }).createIndex("account", "account");
        base.createObjectStore("photos", { keyPath: "id" }).createIndex("draft", "draft");
        base.createObjectStore("accounts", { keyPath: "account" });
      };
      asked.onsuccess = function () { resolve(asked.result); };
      asked.onerror = function () { opened = null; reject(asked.error); };
    });
    return opened;
  }

  function within(stores, mode, act) {
    return open().then(function (base) {
      return new Promise(function (resolve, reject) {
        var found;
        var change;
        try { change = base.transaction(stores, mode, { durability: "strict" }); } catch (error) { reject(error); return; }
        change.oncomplete = function () { resolve(found && "result" in found ? found.result : undefined); };
        change.onabort = change.onerror = function () { reject(change.error); };
        found = act(change);
      });
    });
  }

  return {
    open: open,
    drafts: function (account) {
      return within(["drafts"], "readonly", function (t) { return t.objectStore("drafts").index("account").getAll(account); });
    },
    draft: function (id) { return within(["drafts"], "readonly", function (t) { return t.objectStore("drafts").get(id); }); },
    keep: function (draft) { return within(["drafts"], "readwrite", function (t) { t.objectStore("drafts").put(draft); }); },
    count: function () { return within(["drafts"], "readonly", function (t) { return t.objectStore("drafts").count(); }); },
    photos: function (id) {
      return within(["photos"], "readonly", function (t) { return t.objectStore("photos").index("draft").getAll(id); });
    },
    addPhoto: function (photo) { return within(["photos"], "readwrite", function (t) { t.objectStore("photos").put(photo); }); },
    removePhoto: function (id) { return within(["photos"], "readwrite", function (t) { t.objectStore("photos").delete(id); }); },
    // The receipt and the end of the photographs are one transaction: they go only when it is there.
    finish: function (draft, photos, gone) {
      return within(["drafts", "photos"], "readwrite", function (t) {
        if (gone) t.objectStore("drafts").delete(draft.id); else t.objectStore("drafts").put(draft);
        photos.forEach(function (photo) { t.objectStore("photos").delete(photo.id); });
      });
    },
    account: function (key) { return within(["accounts"], "readonly", function (t) { return t.objectStore("accounts").get(key); }); },
    keepAccount: function (me) { return within(["accounts"], "readwrite", function (t) { t.objectStore("accounts").put(me); }); }
  };
})();
