privacy-1 = Cette page indique ce que le compte Mon Ontario conserve à votre sujet, pourquoi et pendant combien de temps.
privacy-draft = Cette déclaration est une ébauche. Elle deviendra définitive avant l’ouverture du service au public.

privacy-collection = Avis de collecte
privacy-collection-1 = Nous recueillons votre adresse courriel et les renseignements énumérés ci-dessous pour vous permettre d’ouvrir une session dans des services gouvernementaux, pour protéger votre compte et pour répondre à vos messages. Ils ne servent à rien d’autre.
privacy-collection-2 = La version définitive de cet avis nommera le ministère responsable et la loi qui l’autorise à recueillir ces renseignements.
privacy-collection-3 = Pour toute question sur cette collecte, écrivez à { $support } ou utilisez notre formulaire de contact.

privacy-stored = Ce qui est conservé et pendant combien de temps
privacy-stored-1 = Tout est conservé sous forme chiffrée.
privacy-stored-account = Votre compte : votre adresse courriel, votre mot de passe sous une forme illisible et votre langue. Durée : tant que vous avez le compte.
privacy-stored-addresses = Les adresses courriel auxquelles votre compte était associé auparavant. Durée : { $old-address-days } jours.
privacy-stored-registration = Un compte qui n’est pas encore activé. Durée : { $registration-hours } heures.
privacy-stored-sign-in = Une ouverture de session inachevée. Durée : { $sign-in-hours } heures.
privacy-stored-partner = L’identifiant reçu de votre partenaire de connexion, si vous en utilisez un. Durée : jusqu’à ce que vous retiriez ce partenaire de connexion.
privacy-stored-apps = Vos applications d’authentification : le nom que vous avez donné à chacune, sa clé et les dates d’ajout et de dernière utilisation. Durée : jusqu’à ce que vous retiriez l’application.
privacy-stored-recovery-codes = Vos codes de récupération : des valeurs à partir desquelles personne ne peut lire les codes, les dates de création et de dernière utilisation, et si vous avez désactivé les codes par courriel. Durée : jusqu’à ce que vous les retiriez.
privacy-stored-verified = Les 5 derniers navigateurs où vous avez confirmé votre identité avec un code et le nombre de codes incorrects. Utilisation pendant { $browser-days } jours. Durée : tant que vous avez le compte.
privacy-stored-sessions = Vos sessions : le navigateur, le pays, l’heure d’ouverture et l’heure de votre dernière visite. Durée : { $session-hours } heures au plus.
privacy-stored-browsers = Les navigateurs que vous utilisez, sous forme d’un code dans un témoin (cookie), pour vous signaler les nouveaux. Durée : { $browser-days } jours après votre dernière ouverture de session.
privacy-stored-services = Les services gouvernementaux que vous utilisez : la date de votre première et de votre dernière ouverture de session, et ce que vous avez accepté de communiquer. Durée : jusqu’à ce que vous déconnectiez le service.
privacy-stored-activity = Ce qui s’est passé dans votre compte, avec l’heure, le navigateur et le pays, pour que nous puissions, vous et nous, examiner une utilisation abusive. Durée : { $activity-days } jours.
privacy-stored-attempts = Les tentatives infructueuses et le nombre de courriels envoyés, pour que personne ne puisse deviner un mot de passe ni inonder votre boîte de réception. Durée : { $attempt-hours } heures. Les adresses réseau sont comptées sous forme de codes illisibles, pendant une journée au plus.
privacy-stored-messages = Les messages de notre formulaire de contact sont envoyés par courriel à notre équipe de soutien. Les courriels qui vous sont destinés sont supprimés de nos systèmes une fois envoyés.
privacy-stored-2 = Lorsque vous fermez votre compte, vous avez au moins { $closing-days } jours pour changer d’idée. Ensuite, tout est supprimé.

privacy-not-stored = Ce que nous ne conservons pas
privacy-not-stored-location = l’endroit où vous êtes, sauf le pays de votre connexion Internet
privacy-not-stored-bank = votre nom, votre compte bancaire ou tout autre renseignement de votre banque
privacy-not-stored-tracking = ce que vous faites dans les services gouvernementaux ou dans d’autres sites Web : nous n’utilisons ni publicité, ni mesure d’audience, ni suivi
privacy-not-stored-logs = votre adresse courriel, votre mot de passe ou vos codes dans nos journaux techniques, où votre compte figure seulement sous un identifiant

privacy-shared = Ce qui est communiqué
privacy-shared-1 = Un service gouvernemental reçoit un identifiant qui vous représente, ainsi que l’heure et le mode d’ouverture de votre session. Il ne reçoit votre adresse courriel que si vous l’acceptez.
privacy-shared-2 = Un partenaire de connexion ne sait pas quel service gouvernemental vous utilisez. Nous ne vendons pas vos renseignements et ne les communiquons à personne d’autre.

privacy-cookies = Témoins (cookies)
privacy-cookies-1 = Nous utilisons seulement les témoins nécessaires à l’ouverture de session :
privacy-cookies-pre = pour protéger les formulaires et votre ouverture de session contre d’autres sites Web : jusqu’à la fermeture du navigateur, ou { $sign-in-hours } heures
privacy-cookies-session = votre session : jusqu’à la fermeture du navigateur ou la fin de la session
privacy-cookies-device = pour reconnaître ce navigateur : { $browser-days } jours
privacy-cookies-language = la langue que vous avez choisie : un an
privacy-cookies-registering = pour reconnaître le navigateur où vous avez créé un compte : { $registration-hours } heures
privacy-cookies-address = l’adresse courriel que vous avez entrée pour recevoir un courriel, chiffrée : { $link-minutes } minutes
privacy-cookies-links = les liens de nos courriels que vous avez ouverts et une ouverture de session inachevée avec un partenaire de connexion : jusqu’à la fermeture du navigateur
privacy-cookies-success = un message affiché une seule fois après un changement : 1 minute

privacy-choices = Vos choix
privacy-choices-1 = Lorsque votre session est ouverte, vous pouvez obtenir une copie de vos données, voir ce qui s’est passé dans votre compte et le fermer.
privacy-choices-2 = Vous pouvez changer votre adresse courriel et votre langue dans les « Paramètres ».

privacy-contact = Questions et plaintes
privacy-contact-1 = Écrivez à { $support } ou utilisez notre formulaire.
