base-product = compte Mon Ontario
base-bar = Compte Mon Ontario
base-logo = Gouvernement de l’Ontario
base-owner = Le compte Mon Ontario est un service du gouvernement de l’Ontario.
base-other-language = English
base-skip = Passer au contenu principal
base-sign-out = Fermer la session
base-contact = Nous joindre
base-error-prefix = Erreur :

problem-go-on = Continuer
onward-title = Continuer vers { $host }
onward-text = Cette page passe d’elle-même à la suite. Si rien ne se passe, sélectionnez Continuer.
problem-reference = Si vous communiquez avec nous à ce sujet, indiquez la référence { $id }.
problem-not-found-title = Page introuvable
problem-not-found-text = Il n’y a aucune page à cette adresse. Vérifiez l’adresse ou continuez vers vos services connectés.
problem-method-title = Cette adresse ne peut pas être ouverte de cette façon
problem-method-text = Votre navigateur a utilisé une méthode que cette adresse n’accepte pas. Rien n’a été fait. Continuez pour ouvrir la page.
problem-too-large-title = L’envoi est trop volumineux
problem-too-large-text = Ce que votre navigateur a envoyé dépasse la taille de nos formulaires. Rien n’a été enregistré. Revenez en arrière et réessayez.
problem-malformed-title = Le formulaire est illisible
problem-malformed-text = Ce que votre navigateur a envoyé n’est pas l’un de nos formulaires. Rien n’a été enregistré. Ouvrez la page de nouveau et réessayez.
problem-other-site-title = Le formulaire ne vient pas d’ici
problem-other-site-text = Un autre site Web a envoyé ce formulaire. Pour protéger votre compte, rien n’a été fait. Tapez vous-même l’adresse du service et réessayez.
problem-no-cookies-title = Les témoins (cookies) sont nécessaires
problem-no-cookies-text = Votre navigateur n’a pas envoyé notre témoin. Il n’en conserve aucun, ou la page est restée ouverte longtemps. Autorisez les témoins pour ce site Web, puis continuez et remplissez de nouveau le formulaire. Rien n’a été enregistré.
problem-stale-form-title = Le formulaire a expiré
problem-stale-form-text = Cette page a été ouverte il y a longtemps, ou avant que vous ouvriez ou fermiez une session dans un autre onglet. Rien n’a été enregistré. Continuez et remplissez de nouveau le formulaire.
problem-unavailable-title = Un problème est survenu de notre côté
problem-unavailable-text = Nous n’avons pas pu terminer ce que vous avez demandé. Attendez un instant et réessayez. Si vous attendiez un courriel, il peut encore arriver.
form-problem = Il y a un problème
field-email = Adresse courriel
field-password = Mot de passe
field-code = Code à usage unique
field-code-empty = Entrez le code.
field-code-not-six-digits = Entrez les six chiffres du code.
email-empty = Entrez votre adresse courriel.
email-malformed = Entrez une adresse courriel comme nom@exemple.com.
email-letters = Entrez une adresse courriel sans accent avant le signe @ : nous ne pouvons pas y envoyer de courriel.
password-empty = Entrez votre mot de passe.
emails-missing-title = Si le courriel n’arrive pas
emails-missing-junk = Regardez dans votre dossier de courriels indésirables.
emails-missing-address = Vérifiez que l’adresse est bien écrite.
emails-missing-wait = Attendez quelques minutes : certains fournisseurs de courriel sont lents.
emails-missing-again = Demandez un autre courriel.
emails-missing-contact = Si rien de cela n’aide, écrivez à { $address } ou au moyen de notre formulaire :
password-hint = Choisissez quelque chose que vous retenez facilement et que d’autres devinent difficilement. Vous pouvez le coller.
password-broken = Choisissez un mot de passe qui respecte toutes les règles de la liste.
password-rules = Votre mot de passe doit respecter ces règles :
password-rule-met = Respectée :
password-rule-unmet = Non respectée :
password-rule-at-least = au moins { $count } caractères
password-rule-at-most = au plus { $count } caractères
password-rule-upper-case = une lettre majuscule
password-rule-lower-case = une lettre minuscule
password-rule-digit = un chiffre
password-rule-symbol = un symbole, comme ! ou # (l’espace compte aussi)
password-rule-not-personal = sans le début de votre adresse courriel ni le nom de ce service
password-rule-not-common = pas un mot de passe courant, divulgué ou facile à deviner

problem-too-many-emails-title = Attendez avant de demander un autre courriel
problem-too-many-emails-text = Nous avons envoyé à cette adresse tous les courriels permis dans ce délai. Cherchez-les, aussi parmi les courriels indésirables; le plus récent est celui qui fonctionne. Vous pourrez en demander un autre dans { $wait }.
problem-too-many-tries-title = Trop d’essais
problem-too-many-tries-text = Il y a eu trop d’essais à partir de votre connexion Internet. Votre compte n’a pas été touché. Attendez { $wait } et réessayez; si vous partagez la connexion, essayez-en une autre.
problem-around-the-front-title = Cette adresse n’est pas pour les navigateurs
problem-around-the-front-text = Ouvrez le service à sa propre adresse.
wait-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
 }
wait-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
 }
wait-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
 }
session-warning-title = Votre session va bientôt se terminer
session-warning-text = Par mesure de sécurité, votre session sera fermée dans deux minutes, sauf si vous la gardez ouverte.
session-warning-last = Votre session est ouverte depuis presque douze heures. Par mesure de sécurité, elle sera fermée dans deux minutes. Terminez ce que vous faites; vous pourrez en ouvrir une nouvelle tout de suite.
session-stay = Garder la session ouverte
session-close = Fermer
session-over-title = Votre session est terminée
session-over-text = Par mesure de sécurité, votre session a été fermée. Ouvrez une session pour continuer.
session-sign-in = Ouvrir une session
link-unknown-title = Nous ne connaissons pas ce lien
link-unknown-text = Le lien n’a peut-être pas été copié en entier, ou il est très ancien. Ouvrez-le de nouveau à partir du courriel ou demandez-en un autre.
link-expired-title = Ce lien a expiré
link-used-title = Ce lien a déjà servi
link-overtaken-title = Ce lien ne fonctionne plus
link-overtaken-text = Un autre lien a servi depuis, ou plusieurs liens plus récents ont été envoyés. Ouvrez le courriel le plus récent ou demandez un autre lien.
link-again = Envoyer un autre lien
choice-missing = Choisissez une des réponses.
choice-submit = Continuer
choice-declined-title = Rien n’a changé
choice-back = Revenir à la question
link-sign-in = Ouvrir une session
way-to-service = Continuer vers « { $service } »
not-you = Ce n’est pas vous? Recommencez à la page d’ouverture de session
prove-title = Montrez-nous d’abord que c’est bien vous
prove-sign-in-text = Vous avez ouvert votre session il y a plus de cinq minutes. Pour faire cette modification, ouvrez de nouveau une session.
prove-sign-in = Ouvrir de nouveau une session
prove-app-text = Pour faire cette modification, entrez un code de votre application d’authentification.
prove-app = Confirmer
prove-lost-title = Vous avez perdu votre appareil?
prove-lost-text = Ouvrez de nouveau une session, puis confirmez votre identité par un code envoyé par courriel. Ensuite, vous pourrez retirer l’application perdue.
partner-cancelled-title = Vous n’avez pas ouvert de session avec votre partenaire
partner-cancelled-text = Vous avez annulé chez votre partenaire. Vous pouvez réessayer ou ouvrir une session avec votre adresse courriel et votre mot de passe.
partner-unavailable-title = Votre partenaire de connexion ne répond pas
partner-unavailable-text = Attendez un instant et réessayez, ou ouvrez une session avec votre adresse courriel et votre mot de passe. Si vous n’avez pas encore de mot de passe, « Mot de passe oublié » permet d’en choisir un.
partner-failed-title = L’ouverture de session avec votre partenaire a échoué
partner-failed-text = La réponse de votre partenaire n’était pas digne de confiance : rien n’a été fait. Réessayez ou ouvrez une session avec votre adresse courriel et votre mot de passe.
partner-expired-title = L’ouverture de session avec votre partenaire a pris trop de temps
partner-expired-text = Elle a commencé il y a plus d’une demi-heure ou dans un autre navigateur, ou elle est déjà terminée. Réessayez à partir d’ici.
partner-not-confirmed-title = Votre partenaire ne vous a pas demandé d’ouvrir de nouveau une session
partner-not-confirmed-text = Cette étape exige une nouvelle ouverture de session, et votre partenaire ne l’a pas confirmée. Ouvrez une session avec votre adresse courriel et votre mot de passe. Si vous n’avez pas encore de mot de passe, « Mot de passe oublié » permet d’en choisir un.
