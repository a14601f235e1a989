logout-ask-title = Fermer votre session?
logout-stay = Garder la session ouverte
logout-done-title = Votre session est fermée
logout-done-text = Des sessions peuvent encore être ouvertes dans les services gouvernementaux que vous avez utilisés : fermez-les aussi. Sur un ordinateur partagé, fermez ensuite le navigateur.
logout-sign-in = Ouvrir une nouvelle session
logout-service = Vous avez fermé votre session dans « { $service } ». Voulez-vous aussi fermer celle de votre compte Mon Ontario?
