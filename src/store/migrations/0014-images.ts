// Uploaded images and packages: what was pushed for each image, who owns the name of a package, and its certification.
import type { DdlWords } from './ddl.ts'

export function createImages({ instant, key }: DdlWords): string[] {
  return [
    `create table league_images (
      image_id ${key} primary key, owner ${key} not null, name ${key} not null, version integer not null,
      client_hash ${key} not null, status text not null, repository ${key} not null, tag text not null, digest text,
      size_bytes ${instant} not null, is_public integer not null, created_at ${instant} not null
    )`,
    'create unique index league_images_by_name on league_images (owner, name, version)',
    'create unique index league_images_by_hash on league_images (owner, client_hash, name)',
    'create index league_images_by_age on league_images (created_at, image_id)',
    `create table league_image_blobs (
      repository ${key} not null, digest ${key} not null, size_bytes ${instant} not null, created_at ${instant} not null,
      primary key (repository, digest)
    )`,
    `create table league_coworld_names (name_key ${key} primary key, owner ${key} not null, created_at ${instant} not null)`,
    `create table league_coworlds (
      coworld_id ${key} primary key, owner ${key} not null, name text not null, name_key ${key} not null,
      version ${key} not null, manifest text not null, manifest_hash text not null, size_bytes ${instant} not null,
      status text not null, canonical integer not null, certification text not null, created_at ${instant} not null
    )`,
    'create unique index league_coworlds_by_version on league_coworlds (name_key, version)',
    'create index league_coworlds_by_age on league_coworlds (created_at, coworld_id)',
  ]
}
