// The pages and emails of a change of the email address, for `look.mjs`.
import { emailsTo, firstLink } from "./local.mjs";

export async function changingTheAddress(mover, other, { picture, show }) {
  const next = `new-${mover.email}`;
  await mover.hasAnAccount();
  await mover.open("/settings/email");
  await mover.signIn();
  await mover.provesTheMailbox();
  await picture(mover, "email change");
  await mover.submit({ email: mover.email });
  await picture(mover, "email change same");
  await mover.submit({ email: next });
  await picture(mover, "email change sent");
  const [link] = await emailsTo(next);
  await show(other, link);
  await picture(other, "email change link");
  await mover.open(firstLink(link));
  await picture(mover, "email change confirm");
  await mover.submit();
  await picture(mover, "email change done");
  await mover.open(firstLink(link));
  await picture(mover, "email change used");
  await show(other, (await emailsTo(next, 2))[1]);
  await picture(other, "email change confirmed");
  const notice = (await emailsTo(mover.email)).find(({ subject }) => subject === mover.say("shared/mail-email-changed-subject"));
  await show(other, notice);
  await picture(other, "email change notice");
  await other.open(firstLink(notice));
  await picture(other, "email change undo");
}
