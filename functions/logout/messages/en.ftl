logout-ask-title = Sign out of your account?
logout-stay = Stay signed in
logout-done-title = You are signed out
logout-done-text = On a shared computer, close the browser too.
logout-sign-in = Sign in again
logout-service = You signed out of { $service }. Do you want to sign out of your My Ontario Account too?
