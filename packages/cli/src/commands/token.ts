import { isUserId } from '@holdfast/http'
import { Command, Option } from 'commander'
import { SignJWT } from 'jose'
import { durationSeconds } from '../arguments.ts'
import { ExitCode, Refusal } from '../exit.ts'
import { print } from '../output.ts'
import { configuration } from '../session.ts'

/** `holdfast token`: bearer tokens for AUTH=jwt. */
export const tokenCommand = (): Command =>
  new Command('token').description('bearer tokens for AUTH=jwt').addCommand(issue())

type Options = { user: string; admin?: boolean; ttl: number; json?: boolean }

const issue = (): Command =>
  new Command('issue')
    .description('make a token that is signed with JWT_SECRET')
    .requiredOption('--user <id>', 'whom it is for')
    .option('--admin', 'let it write products')
    .addOption(
      new Option('--ttl <duration>', 'how long it is valid, such as 15m or 8h')
        .argParser(durationSeconds)
        .default(3600, '1h'),
    )
    .option('--json', 'JSON instead of the token alone')
    .action(async ({ user, admin, ttl, json }: Options) => {
      if (!isUserId(user)) {
        throw new Refusal(
          `--user cannot be ${user}: 1 to 128 letters, digits or . _ @ : | + -, not cli nor system.`,
          ExitCode.usage,
        )
      }
      const { auth } = configuration()
      if (auth.kind !== 'jwt' || !('secret' in auth.keys)) {
        throw new Refusal(
          'AUTH=jwt and JWT_SECRET must be set: with JWKS_URL, whoever has the keys issues tokens.',
          ExitCode.configuration,
        )
      }
      const expiresAt = Math.floor(Date.now() / 1000) + ttl
      const token = new SignJWT(admin ? { roles: ['admin'] } : {})
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(user)
        .setIssuedAt()
        .setExpirationTime(expiresAt)
      if (auth.issuer !== undefined) token.setIssuer(auth.issuer)
      if (auth.audience !== undefined) token.setAudience(auth.audience)
      const signed = await token.sign(new TextEncoder().encode(auth.keys.secret))
      const at = new Date(expiresAt * 1000).toISOString()
      print(json ? JSON.stringify({ token: signed, expiresAt: at }) : signed)
    })
