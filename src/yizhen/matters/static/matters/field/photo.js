// A photograph drawn down in the browser before it is kept: 1,600 pixels at most, and nothing that the camera wrote beside it.
var FieldPhoto = (function () {
  "use strict";
  var LONGEST = 1600;
  var QUALITY = 0.8;

  function id() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (byte) { return ("0" + byte.toString(16)).slice(-2); }).join("");
  }

  function opened(file) {
    return new Promise(function (resolve, reject) {
      var picture = new Image();
      var address = URL.createObjectURL(file);
      picture.onload = function () { URL.revokeObjectURL(address); resolve(picture); };
      picture.onerror = function () { URL.revokeObjectURL(address); reject(new Error("unreadable")); };
      picture.src = address;
    });
  }

  function bytes(blob) {
    return new Promise(function (resolve, reject) {
      var reader = new FileReader(); // Blob.arrayBuffer is younger than many phones
      reader.onload = function () { resolve(reader.result); };
      reader.onerror = function () { reject(reader.error); };
      reader.readAsArrayBuffer(blob);
    });
  }

  function drawn(file) {
    return opened(file).then(function (picture) {
      var scale = Math.min(1, LONGEST / Math.max(picture.naturalWidth, picture.naturalHeight));
      var canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(picture.naturalWidth * scale));
      canvas.height = Math.max(1, Math.round(picture.naturalHeight * scale));
      var pen = canvas.getContext("2d");
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve, reject) {
        canvas.toBlob(function (blob) { if (blob) resolve(blob); else reject(new Error("unreadable")); }, "image/jpeg", QUALITY);
      });
    }).then(bytes);
  }

  function blob(photo) { return new Blob([photo.bytes], { type: "image/jpeg" }); }

  return { id: id, drawn: drawn, blob: blob };
})();
