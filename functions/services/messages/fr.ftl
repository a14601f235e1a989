services-title = Mes services connectés
services-none = Les services gouvernementaux que vous utilisez avec ce compte seront énumérés ici.
services-account-title = Votre compte
services-sessions = Vos sessions ouvertes
