// Faces: alive, the same as on the document, and how old.

import { ageOf } from '../persons.ts'
import { blocklisted, type Evidence, risks, type Scene } from './evidence.ts'

/** `liveness_checks`. */
export const liveness: Evidence = (scene) => {
  const { person, run, now, media } = scene
  return {
    method: 'PASSIVE',
    score: risks(scene).includes('LIVENESS_FACE_ATTACK') ? 21.3 : 94.6,
    reference_image: media('reference.png'),
    video_url: media('liveness.mp4'),
    age_estimation: ageOf(person.born, now) + 0.4,
    matches: matches(scene),
    face_quality: run.status === 'Approved' ? 88.1 : 54.9,
    face_luminance: 51.7,
  }
}

/** Age estimation has no array of its own; its run stands among the liveness checks. */
export const age: Evidence = (scene) => ({ ...liveness(scene), method: 'PASSIVE' })

/** `face_matches`. */
export const faceMatch: Evidence = ({ session, run, media }) => ({
  score: { Approved: 96.4, 'In Review': 62.8 }[String(run.status)] ?? 24.1,
  source_image_session_id: session.portraitFrom ?? null,
  source_image: media('portrait.png'),
  target_image: media('reference.png'),
})

function matches(scene: Scene) {
  const { session, person, media } = scene
  return blocklisted(scene).map((id) => ({
    session_id: id,
    session_number: id ? session.number - 1 : null,
    similarity_percentage: 98.7,
    vendor_data: null,
    verification_date: null,
    user_details: {
      full_name: `${person.first} ${person.last}`,
      document_type: null,
      document_number: null,
    },
    match_image_url: media('reference.png'),
    status: id ? 'Declined' : null,
    is_blocklisted: true,
    is_allowlisted: false,
    api_service: null,
    source: id ? 'session' : 'list_entry',
  }))
}
