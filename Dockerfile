# One image for the service and its command line: `holdfast serve` unless another command is given.
# TypeScript runs as it is, so there is nothing to build; the first stage only installs.
FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml ./
COPY packages/domain/package.json packages/domain/
COPY packages/adapters/package.json packages/adapters/
COPY packages/http/package.json packages/http/
COPY packages/cli/package.json packages/cli/
RUN npx -y pnpm@12.21.0 install --prod --frozen-lockfile

FROM node:24.21.0-bookworm-slim
WORKDIR /app
COPY --from=dependencies /app ./
COPY packages/domain/src packages/domain/src
COPY packages/adapters/src packages/adapters/src
COPY packages/http/src packages/http/src
COPY packages/cli/src packages/cli/src
RUN mkdir /data && chown node:node /data

# A container listens beyond loopback, where only tokens prove who is asking: JWT_SECRET or JWKS_URL must be set.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    AUTH=jwt \
    DATABASE_URL=sqlite:/data/holdfast.db \
    FAKE_LEDGER=/data/fake-gateway.db
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "packages/cli/src/main.ts"]
CMD ["serve"]
