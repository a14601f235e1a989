supported-browsers-1 = Use the latest version of one of these browsers:
supported-browsers-chrome = Google Chrome
supported-browsers-edge = Microsoft Edge
supported-browsers-firefox = Mozilla Firefox
supported-browsers-safari = Apple Safari
supported-browsers-2 = They run on these devices, with a version of the system that still gets security updates:
supported-browsers-windows = computers with Windows
supported-browsers-macos = Mac computers with macOS
supported-browsers-ios = iPhone and iPad, with iOS and iPadOS
supported-browsers-android = phones and tablets with Android
supported-browsers-3 = Other browsers may work, too. Our pages also work without JavaScript, on small screens and with assistive technology.

tls-1 = TLS is the technology that encrypts the connection between your browser and us. We require version 1.2 or later. If you can read this page, your browser supports it. On another device, the browser may show an error about a secure connection. Do this on that device:
tls-step-1 = Install the latest version of the browser.
tls-step-2 = Install the updates of the operating system, and check that the date and time are correct.
tls-step-3 = At work or at school, ask your IT department whether TLS 1.2 or TLS 1.3 is switched off.
tls-2 = Browsers have supported TLS 1.2 since about 2014. If your device no longer gets updates, use another device.

cookies-1 = You need cookies. Without them, we cannot tell that it is still you from one page to the next. If a page says that your browser blocks cookies:
cookies-step-1 = Open the settings of your browser, and look for cookies or site data.
cookies-step-2 = Allow cookies for this website. Third-party cookies may stay blocked, because we do not use any.
cookies-step-3 = Return to the page and fill in the form again.
cookies-2 = You do not need JavaScript. It only makes some things more convenient, such as the warning before your session ends.
cookies-3 = We do not use cookies to follow you or to show advertising.

text-size-browser-1 = Every browser can make text larger. Our pages adapt, without scrolling sideways.
text-size-browser-keys = On Windows, press Ctrl and the plus key (+). On a Mac, press Command and the plus key. Press 0 instead of plus to go back.
text-size-browser-chrome = Google Chrome: open “Settings”, then “Appearance”, and choose a font size.
text-size-browser-edge = Microsoft Edge: open “Settings”, then “Appearance”, and choose a font size.
text-size-browser-firefox = Mozilla Firefox: open “Settings”, then “General”, and choose a font size or a zoom under “Language and Appearance”.
text-size-browser-safari = Safari on a Mac: open “Settings”, then “Websites”, and choose a page zoom.
text-size-browser-phone = On a phone or tablet: in Safari, open the page menu in the address bar and press the larger letter A. In Chrome and Firefox for Android, open “Settings”, then “Accessibility”.
text-size-browser-2 = Names of menus can differ between versions. The help of your browser has the exact steps.

text-size-device-1 = You can also make text larger in all apps on your device:
text-size-device-windows = Windows: open “Settings”, then “Accessibility”, then “Text size”.
text-size-device-macos = macOS: open “System Settings”, then “Accessibility”, then “Display”, and choose a text size.
text-size-device-ios = iPhone and iPad: open “Settings”, then “Accessibility”, then “Display & Text Size”, and choose “Larger Text”.
text-size-device-android = Android: open “Settings”, then “Display”, and choose a font size. On some devices, it is under “Accessibility”.
text-size-device-2 = Names of menus can differ between versions. The help of your device has the exact steps, and describes magnifiers and screen readers.
