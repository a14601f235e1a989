logout-ask-title = Sign out of your account?
logout-stay = Stay signed in
logout-done-title = You are signed out
logout-done-text = You may still be signed in to government services that you used. Sign out of them too. On a shared computer, then close the browser.
logout-sign-in = Sign in again
logout-service = You signed out of { $service }. Do you want to sign out of your My Ontario Account too?
