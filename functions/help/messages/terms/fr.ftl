terms-1 = Voici les conditions d’utilisation du compte Mon Ontario. En créant ou en utilisant un compte, vous les acceptez.
terms-draft = Ces conditions sont une ébauche. Elles deviendront définitives avant l’ouverture du service au public.

terms-service = Le service
terms-service-1 = Le compte Mon Ontario vous permet d’ouvrir une session dans des services gouvernementaux. Il est gratuit. Rien ne vous oblige à l’utiliser si un service offre un autre moyen.
terms-service-2 = Chaque service gouvernemental a ses propres conditions pour ce que vous y faites.

terms-you = Ce que nous vous demandons
terms-you-own = Utilisez une adresse courriel qui est la vôtre, et un compte pour vous seulement.
terms-you-secret = Gardez votre mot de passe et vos codes pour vous, et protégez vos appareils et votre boîte de réception.
terms-you-tell = Si vous pensez que quelqu’un d’autre a utilisé votre compte, choisissez « Ce n’était pas moi » dans notre courriel, changez votre mot de passe ou communiquez avec nous.
terms-you-current = Gardez votre adresse courriel à jour, pour que nos messages vous parviennent.

terms-not = Ce qui n’est pas permis
terms-not-1 = Il est interdit :
terms-not-others = d’utiliser le compte d’une autre personne ou d’en créer un avec une adresse qui n’est pas la vôtre
terms-not-false = de chercher à contourner les mesures de sécurité du service ou d’en perturber le fonctionnement
terms-not-programs = d’utiliser des programmes pour créer des comptes, ouvrir des sessions ou envoyer des messages en grand nombre

terms-we = Ce que nous pouvons faire
terms-we-1 = Pour vous protéger et protéger le service, nous pouvons :
terms-we-lock = verrouiller votre compte après des tentatives infructueuses, jusqu’à ce que vous le déverrouilliez avec un lien envoyé par courriel
terms-we-limit = limiter pendant un certain temps le nombre de tentatives permises
terms-we-emails = vous écrire au sujet de votre compte; les messages de sécurité ne peuvent pas être désactivés
terms-we-interrupt = interrompre le service pour l’entretenir, ou le modifier

terms-end = Fermeture du compte
terms-end-1 = Vous pouvez fermer votre compte en tout temps.
terms-end-2 = Nous pouvons fermer un compte utilisé de façon abusive. Nous vous en donnerons la raison par courriel, sauf si une loi l’interdit.

terms-changes = Modifications et questions
terms-changes-1 = Si nous modifions ces conditions, la nouvelle version figurera sur cette page avant de s’appliquer. Pour toute question, écrivez à { $support }.
