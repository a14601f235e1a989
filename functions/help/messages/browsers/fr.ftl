supported-browsers-1 = Utilisez la dernière version de l’un de ces navigateurs :
supported-browsers-chrome = Google Chrome
supported-browsers-edge = Microsoft Edge
supported-browsers-firefox = Mozilla Firefox
supported-browsers-safari = Safari d’Apple
supported-browsers-2 = Ils fonctionnent sur les appareils suivants, avec une version du système qui reçoit encore des mises à jour de sécurité :
supported-browsers-windows = les ordinateurs avec Windows
supported-browsers-macos = les ordinateurs Mac avec macOS
supported-browsers-ios = l’iPhone et l’iPad, avec iOS et iPadOS
supported-browsers-android = les téléphones et les tablettes avec Android
supported-browsers-3 = D’autres navigateurs peuvent aussi convenir. Nos pages fonctionnent également sans JavaScript, sur un petit écran et avec des technologies d’assistance.

tls-1 = TLS est la technologie qui chiffre la connexion entre votre navigateur et nous. Nous exigeons la version 1.2 ou une version plus récente. Si vous pouvez lire cette page, votre navigateur la prend en charge. Si, sur un autre appareil, le navigateur affiche une erreur de connexion sécurisée plutôt que nos pages, faites ceci sur cet appareil :
tls-step-1 = Installez la dernière version du navigateur.
tls-step-2 = Installez les mises à jour du système d’exploitation et vérifiez la date et l’heure.
tls-step-3 = Au travail ou à l’école, demandez au service informatique si TLS 1.2 ou TLS 1.3 est désactivé.
tls-2 = Les navigateurs prennent en charge TLS 1.2 depuis environ 2014. S’il n’existe plus de mises à jour pour votre appareil, utilisez-en un autre.

cookies-1 = Vous avez besoin des témoins (cookies). Sans eux, nous ne pouvons pas savoir, d’une page à l’autre, que c’est toujours vous. Si une page indique que votre navigateur bloque les témoins :
cookies-step-1 = Ouvrez les paramètres de votre navigateur et cherchez les témoins ou les données des sites.
cookies-step-2 = Autorisez les témoins pour ce site Web. Les témoins tiers peuvent rester bloqués : nous n’en utilisons aucun.
cookies-step-3 = Revenez à la page et remplissez de nouveau le formulaire.
cookies-2 = Vous n’avez pas besoin de JavaScript. Il rend seulement certaines choses plus commodes, comme l’avertissement avant la fin de votre session.
cookies-3 = Nos témoins ne servent ni à vous suivre ni à afficher de la publicité.

text-size-browser-1 = Tous les navigateurs peuvent agrandir le texte. Nos pages s’adaptent, sans défilement horizontal.
text-size-browser-keys = Sous Windows, appuyez sur Ctrl et la touche plus (+). Sur un Mac, appuyez sur Commande et la touche plus. Pour revenir à la taille normale, appuyez sur 0 au lieu de plus.
text-size-browser-chrome = Google Chrome : ouvrez « Paramètres », puis « Apparence », et choisissez une taille de police.
text-size-browser-edge = Microsoft Edge : ouvrez « Paramètres », puis « Apparence », et choisissez une taille de police.
text-size-browser-firefox = Mozilla Firefox : ouvrez « Paramètres », puis « Général », et choisissez une taille de police ou un zoom sous « Langue et apparence ».
text-size-browser-safari = Safari sur un Mac : ouvrez « Réglages », puis « Sites web », et choisissez un zoom de page.
text-size-browser-phone = Sur un téléphone ou une tablette : dans Safari, ouvrez le menu de page dans la barre d’adresse et touchez le grand A. Dans Chrome et Firefox pour Android, ouvrez « Paramètres », puis « Accessibilité ».
text-size-browser-2 = Le nom des menus peut varier d’une version à l’autre. L’aide de votre navigateur donne les étapes exactes.

text-size-device-1 = Vous pouvez aussi agrandir le texte partout sur votre appareil :
text-size-device-windows = Windows : ouvrez « Paramètres », puis « Accessibilité » et « Taille du texte ».
text-size-device-macos = macOS : ouvrez « Réglages Système », puis « Accessibilité » et « Affichage », et choisissez une taille de texte.
text-size-device-ios = iPhone et iPad : ouvrez « Réglages », puis « Accessibilité » et « Affichage et taille du texte », et choisissez « Police plus grande ».
text-size-device-android = Android : ouvrez « Paramètres », puis « Affichage », et choisissez une taille de police. Sur certains appareils, ce réglage se trouve sous « Accessibilité ».
text-size-device-2 = Le nom des menus peut varier d’une version à l’autre. L’aide de votre appareil donne les étapes exactes et décrit les loupes et les lecteurs d’écran.
