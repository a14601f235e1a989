accessibility-1 = Everyone must be able to use My Ontario Account. This page says what we do for that, what does not work well yet, and how to tell us about a problem.
accessibility-draft = This statement is a draft. It becomes final before the service opens to the public.

accessibility-standard = What you can expect
accessibility-standard-1 = Our pages are made to meet the Web Content Accessibility Guidelines (WCAG) 2.2 at level AA. They use the Ontario Design System.
accessibility-standard-keyboard = Everything works with the keyboard alone, and you can see where you are.
accessibility-standard-zoom = You can enlarge text to 200%, and use pages on a screen that is 320 pixels wide, without scrolling sideways.
accessibility-standard-scripts = Every page works without JavaScript.
accessibility-standard-errors = Mistakes in forms are listed at the top of the page and named at their fields. What you entered is kept, except passwords and codes.
accessibility-standard-time = Before your session ends, we warn you, and you can stay signed in. You can paste passwords and codes, and let a password manager fill them in.

accessibility-tests = What was tested
accessibility-tests-1 = These tests run each time that we change something:
accessibility-tests-axe = the automatic checks of axe on the pages, in English and in French
accessibility-tests-keyboard = tasks in a browser with the keyboard alone, and with scripts turned off
accessibility-tests-widths = pages at widths of 320 and 1,280 pixels, which must not scroll sideways

accessibility-limits = What does not work well yet
accessibility-limits-1 = We know of these limits:
accessibility-limits-users = Automatic checks find only a part of all problems. The pages have not been tested by people who use assistive technology yet.
accessibility-limits-partners = Pages of sign-in partners and of government services are not ours. Contact them about their accessibility.
accessibility-limits-session = For security, a session lasts { $session-hours } hours at most. After that, you have to sign in again, and return to the page where you were.
accessibility-limits-codes = Codes by email expire after { $code-minutes } minutes. You can ask for new ones, with a short pause between them. If you cannot scan a QR code, a key to type or to copy is below it.

accessibility-feedback = Tell us about a problem
accessibility-feedback-1 = If you cannot use a page, or need this information in another format, write to us. Say which page it is, and which browser and assistive technology you use.
accessibility-feedback-2 = You can also write to { $support }.
