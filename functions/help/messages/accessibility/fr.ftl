accessibility-1 = Toute personne doit pouvoir utiliser le compte Mon Ontario. Cette page décrit ce que nous faisons pour cela, ce qui ne fonctionne pas encore bien et comment nous signaler un problème.
accessibility-draft = Cette déclaration est une ébauche. Elle deviendra définitive avant l’ouverture du service au public.

accessibility-standard = Ce à quoi vous pouvez vous attendre
accessibility-standard-1 = Nos pages sont conçues pour respecter les Règles pour l’accessibilité des contenus Web (WCAG) 2.2, au niveau AA. Elles utilisent le Système de conception de l’Ontario.
accessibility-standard-keyboard = Tout fonctionne avec le clavier seul, et vous voyez toujours où vous êtes.
accessibility-standard-zoom = Vous pouvez agrandir le texte à 200 % et consulter les pages sur un écran de 320 pixels de large, sans défilement horizontal.
accessibility-standard-scripts = Toutes les pages fonctionnent sans JavaScript.
accessibility-standard-errors = Les erreurs d’un formulaire sont énumérées en haut de la page et indiquées à chaque champ. Ce que vous avez entré est conservé, sauf les mots de passe et les codes.
accessibility-standard-time = Un avertissement s’affiche avant la fin de votre session et vous pouvez la garder ouverte. Vous pouvez coller les mots de passe et les codes, ou laisser un gestionnaire de mots de passe les remplir.

accessibility-tests = Ce qui a été vérifié
accessibility-tests-1 = Ces vérifications sont faites à chaque modification :
accessibility-tests-axe = les contrôles automatiques de l’outil axe sur les pages, en français et en anglais
accessibility-tests-keyboard = des tâches dans un navigateur, avec le clavier seul et sans scripts
accessibility-tests-widths = les pages à des largeurs de 320 et de 1 280 pixels, qui ne doivent pas exiger de défilement horizontal

accessibility-limits = Ce qui ne fonctionne pas encore bien
accessibility-limits-1 = Nous connaissons les limites suivantes :
accessibility-limits-users = Les contrôles automatiques ne trouvent qu’une partie des problèmes. Les pages n’ont pas encore été mises à l’épreuve par des personnes qui utilisent des technologies d’assistance.
accessibility-limits-partners = Les pages des partenaires de connexion et des services gouvernementaux ne sont pas les nôtres. Communiquez avec eux au sujet de leur accessibilité.
accessibility-limits-session = Par mesure de sécurité, une session dure au plus { $session-hours } heures. Vous devrez ensuite en ouvrir une nouvelle, et vous reviendrez à la page où vous étiez.
accessibility-limits-codes = Les codes par courriel expirent après { $code-minutes } minutes. Vous pouvez en demander d’autres, avec une courte pause entre chacun. Si vous ne pouvez pas balayer un code QR, une clé à entrer ou à copier se trouve dessous.

accessibility-feedback = Nous signaler un problème
accessibility-feedback-1 = Si vous ne pouvez pas utiliser une page, ou si vous avez besoin de ces renseignements dans un format accessible, écrivez-nous. Indiquez la page, le navigateur et la technologie d’assistance que vous utilisez.
accessibility-feedback-2 = Vous pouvez aussi écrire à { $support }.
