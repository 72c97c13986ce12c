# The program in a container: `npm run release:dry` first, then
#   docker build --build-arg PACKAGE=release/landfall-0.1.0.tgz --tag landfall .
#   docker run --rm --volume "$PWD:/project" landfall validate
# The package needs no other packages, so nothing is installed.
FROM node:22-bookworm-slim AS package
ARG PACKAGE
COPY ${PACKAGE} /tmp/landfall.tgz
RUN mkdir /landfall && tar --extract --gzip --file /tmp/landfall.tgz --directory /landfall --strip-components 1

FROM gcr.io/distroless/nodejs22-debian12:nonroot
COPY --from=package /landfall /landfall
WORKDIR /project
ENTRYPOINT ["/nodejs/bin/node", "/landfall/dist/bin.js"]
