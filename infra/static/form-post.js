// Posts an authorization response to the service at once (OAuth 2.0 Form Post Response Mode). After the Back button it does
// not: the service has had the response, and the resident would never get back.
const [navigation] = performance.getEntriesByType("navigation");
if (navigation?.type !== "back_forward") document.getElementById("form-post").submit();
