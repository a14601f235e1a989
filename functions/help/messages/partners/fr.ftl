partners-offered = Vous pouvez utiliser ces partenaires de connexion :
partners-none = Aucun partenaire de connexion n’est offert pour le moment. Ouvrez une session avec votre adresse courriel et votre mot de passe.

sign-in-partner-1 = Un partenaire de connexion vous permet d’ouvrir une session ici avec un moyen que vous utilisez déjà, par exemple vos services bancaires en ligne. Vous ouvrez une session dans le site Web du partenaire de connexion, qui nous confirme que vous êtes la même personne que la dernière fois. Vous n’avez pas besoin d’un mot de passe chez nous.
sign-in-partner-2 = Cette façon d’ouvrir une session est aussi sûre qu’un mot de passe. Si un service gouvernemental exige davantage, vous devrez aussi confirmer votre identité avec un code.

partner-name-1 = Gouvernement Connecté par Vérifiez.Moi s’appelle maintenant le Service d’ouverture de session Interac. C’est le même service, sous un nouveau nom.
partner-name-2 = Vous n’avez rien à faire. Si vous l’utilisiez déjà, ouvrez une session avec la même banque qu’avant.

partner-privacy-1 = L’ouverture de session avec un partenaire de connexion communique le moins de renseignements possible :
partner-privacy-us = Nous recevons du partenaire de connexion un identifiant, que nous conservons sous une forme illisible. Nous ne recevons ni nom, ni numéro de compte, ni autre renseignement bancaire.
partner-privacy-bank = Votre banque ne sait pas quel service gouvernemental vous utilisez. Nous lui envoyons la même chose pour tous les services.
partner-privacy-service = Le service gouvernemental ne sait pas quelle est votre banque. Votre mot de passe bancaire n’est communiqué à personne.

partner-new-account-1 = Vous n’avez pas à créer de compte à l’avance. Votre compte sera créé à la première ouverture de session avec le partenaire de connexion :
partner-new-account-step-1 = À la page d’ouverture de session, choisissez le partenaire de connexion et ouvrez une session dans son site Web.
partner-new-account-step-2 = De retour chez nous, entrez votre adresse courriel.
partner-new-account-step-3 = Entrez le code à usage unique que nous vous envoyons par courriel. Il fonctionne pendant { $code-minutes } minutes.
partner-new-account-step-4 = Votre compte est créé et vous continuez vers le service gouvernemental.
partner-new-account-2 = Vous pourrez ensuite ouvrir une session directement avec le partenaire de connexion. Vous pouvez aussi choisir un mot de passe dans les « Paramètres » ou avec « Mot de passe oublié ».

partner-add-1 = Associez le partenaire de connexion au compte que vous avez déjà, pour ne pas vous retrouver avec un deuxième compte.
partner-add-step-1 = Ouvrez une session avec votre adresse courriel et votre mot de passe.
partner-add-step-2 = Ouvrez « Paramètres », puis « Partenaires de connexion ».
partner-add-step-3 = Choisissez le partenaire de connexion et ouvrez une session dans son site Web.
partner-add-step-4 = Confirmez que vous voulez l’associer à votre compte. Nous vous enverrons un courriel de confirmation.
partner-add-2 = Vous pouvez aussi choisir le partenaire de connexion à la page d’ouverture de session. Nous vous demanderons si vous avez déjà un compte. Si oui, vous y ouvrirez une session : il suffit de le faire une fois. Nous pourrions vous demander un code, car un partenaire de connexion associé donne accès à votre compte.

partner-remove-1 = Vous pouvez retirer un partenaire de connexion en tout temps. Vous gardez votre compte et ouvrez une session avec votre adresse courriel et votre mot de passe.
partner-remove-step-1 = Ouvrez une session, puis « Paramètres » et « Partenaires de connexion ».
partner-remove-step-2 = Choisissez le partenaire de connexion à retirer. Si vous n’avez pas encore de mot de passe, choisissez-en d’abord un.
partner-remove-step-3 = Confirmez. Nous vous enverrons un courriel de confirmation.
partner-remove-2 = Si vous ne pouvez plus ouvrir de session avec le partenaire de connexion, demandez un lien par courriel. Il fonctionne pendant { $link-minutes } minutes et retire tous les partenaires de connexion de votre compte. Si votre compte n’a pas de mot de passe, nous vous enverrons d’abord un lien pour en choisir un.
partner-remove-3 = Vous pouvez aussi choisir le sujet « Retirer mon partenaire de connexion » dans notre formulaire de contact et laisser le message vide. Vous recevrez le même lien.

partner-code-1 = Le code que nous vous envoyons par courriel à votre première ouverture de session avec un partenaire de connexion fonctionne pendant { $code-minutes } minutes. S’il a expiré, vous avez deux options :
partner-code-again = Demandez un autre code sur la même page. Vous pouvez le faire { $email-seconds } secondes après le précédent.
partner-code-start = Choisissez « Recommencer avec votre partenaire de connexion » et ouvrez une session dans son site. Nous vous demanderons de nouveau votre adresse courriel.
partner-code-2 = Vous pouvez entrer { $code-attempts } codes incorrects. Ensuite, demandez un nouveau code.

partner-bank-1 = Communiquez avec votre banque si le problème survient dans son site Web, par exemple si :
partner-bank-password = vous avez oublié l’identifiant ou le mot de passe de vos services bancaires en ligne
partner-bank-locked = votre banque a bloqué l’accès à vos services bancaires en ligne
partner-bank-unavailable = le site Web de votre banque ne répond pas ou affiche une erreur
partner-bank-2 = En attendant, l’adresse courriel de votre compte vous y donne accès. Choisissez « Mot de passe oublié » et créez un mot de passe, même si vous n’en avez jamais eu ici. Vous pourrez l’utiliser en plus de votre partenaire de connexion.

partner-switch-1 = Si vous utilisez le Service d’ouverture de session Interac, vous pouvez changer de banque dans son site Web. Vous aurez besoin une dernière fois de l’identifiant et du mot de passe de vos anciens services bancaires en ligne.
partner-switch-2 = Une fois ce changement fait, ouvrez une session ici avec la nouvelle banque. Vous gardez votre compte.
partner-switch-3 = Si vous n’avez plus cet identifiant ou ce mot de passe, ouvrez une session ici avec votre adresse courriel. Si vous n’avez pas de mot de passe ici, choisissez d’abord « Mot de passe oublié ». Retirez le partenaire de connexion, puis associez-le de nouveau avec la nouvelle banque. Si cela aussi est impossible, consultez « Que faire si je n’ai plus accès ni à ma banque ni à mes courriels? ».

partner-cancelled-1 = Si vous fermez votre compte bancaire ou annulez vos services bancaires en ligne, vous ne pourrez plus les utiliser pour ouvrir une session ici. Seuls des services bancaires en ligne actifs fonctionnent.
partner-cancelled-2 = Avant de les annuler, choisissez un mot de passe ici ou changez de banque. S’il est trop tard, choisissez « Mot de passe oublié » et entrez l’adresse courriel de votre compte.

partner-no-access-1 = Si vous avez encore accès à vos courriels, choisissez « Mot de passe oublié » et créez un mot de passe. Si vous avez encore accès à votre banque, continuez de l’utiliser pour ouvrir une session.
partner-no-access-2 = Si vous avez perdu les deux, nous ne pouvons pas vous donner accès à votre compte, car rien ne nous prouverait que c’est bien vous. Communiquez avec le service gouvernemental dont vous avez besoin. Il vous connaît et peut vous permettre de vous inscrire de nouveau avec un nouveau compte.
partner-no-access-3 = Si vous avez perdu seulement l’accès à vos courriels, ouvrez une session avec votre banque et changez votre adresse courriel dans les « Paramètres ». Il vous faudra un code d’une application d’authentification. Si vous n’avez pas d’application, consultez « Que faire si je n’ai plus accès à mes courriels? ».
