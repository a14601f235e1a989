privacy-1 = This page says what My Ontario Account stores about you, why, and for how long.
privacy-draft = This statement is a draft. It becomes final before the service opens to the public.

privacy-collection = Notice of collection
privacy-collection-1 = We collect your email address and what is listed below. We use it to let you sign in to government services, to protect your account and to answer you. We use it for nothing else.
privacy-collection-2 = The final notice will name the ministry in charge. It will also name the law that lets it collect this information.
privacy-collection-3 = If you have questions about the collection, write to { $support } or use our contact form.

privacy-stored = What is stored, and for how long
privacy-stored-1 = All of it is stored encrypted.
privacy-stored-account = Your account: your email address, your password in a form that cannot be read back, and your language. Kept as long as you have the account.
privacy-stored-addresses = Email addresses that your account had before. Kept for { $old-address-days } days.
privacy-stored-registration = An account that is not activated yet. Kept for { $registration-hours } hours.
privacy-stored-sign-in = A sign-in that you have not finished. Kept for { $sign-in-hours } hours.
privacy-stored-partner = The ID that your sign-in partner gave us, if you use one. Kept until you remove it.
privacy-stored-apps = Your authenticator apps: the name that you gave each, its secret, and when it was added and last used. Kept until you remove the app.
privacy-stored-recovery-codes = Your recovery codes, in a form that no one can read: when you created them and last used one, and if you turned codes by email off. Kept until you remove them.
privacy-stored-verified = The last 5 browsers in which you verified with a code, and how many codes were incorrect. Used for { $browser-days } days, and kept as long as you have the account.
privacy-stored-sessions = Your sessions: the browser, the country, and when you signed in and were last active. Kept for { $session-hours } hours at most.
privacy-stored-browsers = The browsers that you use, as a code in a cookie, so that we can tell you about new ones. Kept for { $browser-days } days after your last sign-in.
privacy-stored-services = The government services that you use: when you first and last signed in to them, and what you agreed to share. Kept until you disconnect the service.
privacy-stored-activity = What happened in your account, with the time, the browser and the country, so that you and we can investigate misuse. Kept for { $activity-days } days.
privacy-stored-attempts = Failed attempts, and how many emails we sent you, so that no one can guess passwords or flood your mailbox. Kept for { $attempt-hours } hours. Network addresses are counted as codes that cannot be read back, for up to a day.
privacy-stored-messages = Messages sent with our contact form go to our support team by email. We delete emails to you from our systems once they are sent.
privacy-stored-2 = When you close your account, you have at least { $closing-days } days to change your mind. Then all of it is deleted.

privacy-not-stored = What we do not store
privacy-not-stored-location = your location, except the country of your internet connection
privacy-not-stored-bank = your name, your bank account or any other information from your bank
privacy-not-stored-tracking = what you do at government services or on other websites, as we use no advertising, no analytics and no tracking
privacy-not-stored-logs = your email address, your password or your codes in our technical logs, which name your account by an ID only

privacy-shared = What is shared
privacy-shared-1 = A government service gets an ID for you, and the time and method of your sign-in. It gets your email address only if you agree.
privacy-shared-2 = A sign-in partner does not learn which government service you use. We do not sell information, and share it with no one else.

privacy-cookies = Cookies
privacy-cookies-1 = We use only cookies that are needed to sign you in:
privacy-cookies-pre = to protect forms and your sign-in from other websites: until you close the browser, or { $sign-in-hours } hours
privacy-cookies-session = your session: until you close the browser or are signed out
privacy-cookies-device = to recognize this browser: { $browser-days } days
privacy-cookies-language = the language that you chose: a year
privacy-cookies-registering = to recognize the browser in which you created an account: { $registration-hours } hours
privacy-cookies-address = the email address that you entered to get an email, encrypted: { $link-minutes } minutes
privacy-cookies-links = the emailed links that you opened, and a sign-in with your bank that you have not finished: until you close the browser
privacy-cookies-success = a message that we show once after a change: 1 minute

privacy-choices = Your choices
privacy-choices-1 = When you are signed in, you can get a copy of your data, see what happened in your account, and close it.
privacy-choices-2 = You can correct your email address and your language in “Settings”.

privacy-contact = Questions and complaints
privacy-contact-1 = Write to { $support }, or use our form.
