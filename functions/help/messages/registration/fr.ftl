email-address-1 = Il vous faut une adresse courriel pour avoir un compte. Elle sert aux fins suivantes :
email-address-sign-in = Vous l’utilisez pour ouvrir une session.
email-address-recovery = Nous y envoyons un lien si vous avez oublié votre mot de passe ou si votre compte est verrouillé.
email-address-codes = Nous y envoyons des codes, par exemple pour confirmer votre identité.
email-address-notices = Nous y annonçons les changements apportés à votre compte, comme un nouveau mot de passe.
email-address-shared = Nous la communiquons à un service gouvernemental si vous l’acceptez.
email-address-2 = Choisissez une adresse que personne d’autre ne peut consulter et que vous garderez. Ne la partagez pas : une adresse ne peut servir qu’à un seul compte. Si un compte est déjà associé à l’adresse, nous vous demanderons d’en entrer une autre.
email-address-3 = Si le compte associé à votre adresse est le vôtre, vous n’avez pas à en créer un autre. Ouvrez une session ou choisissez « Mot de passe oublié ».

choose-password-1 = Choisissez un mot de passe que vous retiendrez sans peine et que personne ne pourra deviner. Gardez-le pour vous. Nous ne vous le demanderons jamais par courriel ni par téléphone.
choose-password-2 = Plusieurs mots sans lien entre eux forment un long mot de passe facile à retenir. Choisissez un mot de passe que vous n’utilisez nulle part ailleurs. Vous pouvez aussi laisser votre navigateur ou un gestionnaire de mots de passe le choisir et le conserver.
choose-password-3 = Nous faisons certaines vérifications seulement après l’envoi du formulaire. Si votre mot de passe figure dans une liste de mots de passe courants ou divulgués, ou s’il est trop facile à deviner, choisissez-en un plus long.

activation-link-1 = Une fois votre compte créé, nous vous enverrons un lien d’activation par courriel. Vous aurez { $link-minutes } minutes pour l’utiliser.
activation-link-step-1 = Ouvrez notre courriel, puis le lien qu’il contient.
activation-link-step-2 = Choisissez « Activer mon compte » sur la page qui s’affiche. Si vous n’êtes pas dans le navigateur où vous avez créé le compte, entrez d’abord le mot de passe que vous avez choisi.
activation-link-step-3 = Votre session est ouverte et vous continuez vers le service d’où vous venez.
activation-link-2 = Si le lien a expiré, nous pouvons vous en envoyer un autre dans les { $registration-hours } heures qui suivent la création du compte. Les liens précédents fonctionnent jusqu’à leur expiration.

activation-expired-1 = Un compte qui n’est pas activé dans les { $registration-hours } heures suivant sa création est supprimé. Vous n’avez rien à faire, et vous pourrez créer de nouveau votre compte avec la même adresse courriel.
activation-expired-2 = Retournez dans le site Web du service que vous vouliez utiliser et créez de nouveau votre compte. Vous pouvez aussi le créer ici.

activation-other-browser-1 = Vous avez ouvert le lien dans un autre navigateur ou sur un autre appareil que celui où vous avez créé le compte. Nous demandons alors le mot de passe que vous avez choisi, car n’importe qui aurait pu entrer votre adresse courriel.
activation-other-browser-2 = Vous avez droit à { $registration-attempts } tentatives. Ensuite, l’inscription sera supprimée et vous pourrez créer de nouveau votre compte.
activation-other-browser-3 = Si vous n’avez pas créé de compte, choisissez « Ce n’était pas moi : annuler l’inscription » sur cette page. Aucun compte ne sera créé.
